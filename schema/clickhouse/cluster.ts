import { MIGRATIONS_TABLE, migrationFiles } from './migrate.ts'

/**
 * The schema of a sharded, replicated cluster, made from the migrations that the program runs on a single server. Of every table T there is T_local on each
 * shard, replicated within it, and T, the way to all shards; views run on the shard where their source's rows are.
 */
export interface ClusterSettings {
  /** As in `remote_servers` of the cluster's configuration. */
  readonly cluster: string
  readonly database: string
  readonly minFreeDiskBytes: number
}

/**
 * Which shard a row belongs to. Everything of a trace stands together, and everything that is summed of a run. Rollups are filled by the views on their
 * own shard; a row of one goes wherever it is summed.
 */
const SHARD_BY: Readonly<Record<string, string>> = {
  spans: 'cityHash64(trace_id)',
  // Records without a trace are spread by themselves, not all on one shard.
  logs: "cityHash64(if(trace_id = toFixedString('', 16), log_id, trace_id))",
  scores: "cityHash64(if(trace_id = toFixedString('', 16), score_id, trace_id))",
  content: 'cityHash64(trace_id)',
  charges: 'cityHash64(charge_id)',
  traces: 'cityHash64(trace_id)',
  strays: 'cityHash64(trace_id)',
  run_ledger: 'cityHash64(run_id)',
  runs: 'cityHash64(run_id)',
  calls_1h: 'rand()',
  runs_1h: 'rand()',
  metrics: 'cityHash64(series_id)',
  ingest_stats: 'cityHash64(flush_id)',
  // The entries of one shard of projects stand on one shard of the cluster: whose came first is decided by that table's deduplication (docs/decisions/0007).
  tally_journal: 'cityHash64(shard)',
  settings: 'cityHash64(project_id)',
  audit_log: 'cityHash64(project_id)',
  closed_costs: 'cityHash64(project_id)',
  schema_migrations: 'cityHash64(version)',
}

/** Tokens are remembered this long, and no fewer than on a single server. */
const TOKENS_SECONDS = 7 * 86_400

/** What sessions of the program need on a cluster; to be given to its user. */
const PROFILE: Readonly<Record<string, string | number>> = {
  // An insert returns when every shard has its rows on a majority of its replicas, and a read sees all of those.
  distributed_foreground_insert: 1,
  insert_quorum: "'auto'",
  insert_quorum_parallel: 0,
  select_sequential_consistency: 1,
  // A subquery over a distributed table inside another is answered once and sent along.
  distributed_product_mode: "'global'",
  prefer_localhost_replica: 0,
  optimize_skip_unused_shards: 1,
}

/** Every statement, in the order to run them. */
export const clusterStatements = (settings: ClusterSettings): readonly string[] => {
  const { cluster, database } = settings
  const migrations = migrationFiles()
  const statements = [MIGRATIONS_TABLE, ...migrations.flatMap((file) => file.statements)]
  return [
    `CREATE DATABASE IF NOT EXISTS ${database} ON CLUSTER ${cluster} ENGINE = Atomic`,
    ...statements.flatMap((statement) => onCluster(statement, settings)),
    `INSERT INTO ${database}.schema_migrations (version, name) VALUES ${migrations.map(({ version, name }) => `(${version}, '${name}')`).join(', ')}`,
    `CREATE SETTINGS PROFILE IF NOT EXISTS recount ON CLUSTER ${cluster} SETTINGS ${Object.entries(PROFILE)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ')}`,
  ]
}

/** One statement of a migration as the cluster takes it. @throws where a migration says something that this does not know. */
const onCluster = (statement: string, settings: ClusterSettings): readonly string[] => {
  const text = withoutComments(statement).replaceAll('{min_free_disk_bytes}', String(settings.minFreeDiskBytes))
  const [, table] = /^CREATE TABLE IF NOT EXISTS (\w+)\s/.exec(text) ?? []
  if (table !== undefined) return tableOnCluster(text, table, settings)
  const [, view, target] = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO (\w+) AS/.exec(text) ?? []
  if (view !== undefined && target !== undefined) return [viewOnCluster(text, view, target, settings)]
  const [, altered] = /^ALTER TABLE (\w+)\s/.exec(text) ?? []
  if (altered !== undefined) return alterOnCluster(text, altered, settings)
  // Rows carried over from a table of an older program: a new cluster has none.
  if (/^INSERT INTO \w+ \([^)]*\)\s+SELECT\s/.test(text)) return []
  throw new Error(`no cluster form of: ${text.slice(0, 80)}`)
}

const tableOnCluster = (text: string, table: string, { cluster, database }: ClusterSettings): readonly string[] => {
  const shardBy = SHARD_BY[table]
  if (shardBy === undefined) throw new Error(`no shard key for table ${table}`)
  const local = `${database}.${table}_local`
  const replicated = text
    .replace(/^CREATE TABLE IF NOT EXISTS \w+/, `CREATE TABLE IF NOT EXISTS ${local} ON CLUSTER ${cluster}`)
    .replace(/^ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/m, (_, engine: string, args: string | undefined) => {
      const all = ["'/clickhouse/tables/{shard}/{database}/{table}'", "'{replica}'", ...(args ? [args] : [])]
      return `ENGINE = Replicated${engine}(${all.join(', ')})`
    })
    .replace(
      /\bnon_replicated_deduplication_window = (\d+)/,
      `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${TOKENS_SECONDS}`,
    )
  if (!replicated.includes('ENGINE = Replicated')) throw new Error(`no engine found in the DDL of ${table}`)
  return [
    replicated,
    `CREATE TABLE IF NOT EXISTS ${database}.${table} ON CLUSTER ${cluster} AS ${local}\nENGINE = Distributed(${cluster}, ${database}, ${table}_local, ${shardBy})`,
  ]
}

const viewOnCluster = (text: string, view: string, target: string, { cluster, database }: ClusterSettings): string => {
  const [, source] = /^FROM (\w+)/m.exec(text) ?? []
  if (source === undefined) throw new Error(`no source found in view ${view}`)
  return text
    .replace(
      /^CREATE MATERIALIZED VIEW IF NOT EXISTS \w+ TO \w+ AS/,
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${database}.${view} ON CLUSTER ${cluster} TO ${database}.${target}_local AS`,
    )
    .replace(/^FROM \w+/m, `FROM ${database}.${source}_local`)
}

/** The tables of the shards first: the way to them may only name what they have. */
const alterOnCluster = (text: string, table: string, { cluster, database }: ClusterSettings): readonly string[] => {
  const rest = text.replace(/^ALTER TABLE \w+/, '')
  // Codecs and indexes are how rows are stored, and the way to the shards stores none.
  const isStorage = /^\s*(ADD INDEX|MATERIALIZE|MODIFY (SETTING|TTL|ORDER BY)|DROP INDEX)/i.test(rest)
  const ways = isStorage
    ? []
    : [`ALTER TABLE ${database}.${table} ON CLUSTER ${cluster}${rest.replace(/ CODEC\((?:[^()]|\([^()]*\))*\)/g, '')}`]
  return [`ALTER TABLE ${database}.${table}_local ON CLUSTER ${cluster}${rest}`, ...ways]
}

const withoutComments = (statement: string): string =>
  statement
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join('\n')
    .trim()
