import { randomUUID } from 'node:crypto'
import type { Database } from '../clickhouse/database.ts'
import { RowBinaryWriter } from '../clickhouse/row-binary-writer.ts'
import { AUDIT_LOG, type AuditRow, SETTINGS, type SettingRow } from '../clickhouse/settings-table.ts'
import { rowEncoder } from '../clickhouse/tables.ts'

/** Documents that a project keeps; a part of the program that has settings of its own adds its word here. */
export const SETTING_KINDS = ['prices', 'budgets', 'shared_costs', 'bill', 'month_close', 'outcomes'] as const
export type SettingKind = (typeof SETTING_KINDS)[number]

export interface Setting<Body> {
  readonly kind: SettingKind
  /** '' where a project has one document of the kind. */
  readonly name: string
  /** Microseconds since the epoch of the change: which of two versions is the later. */
  readonly version: string
  /** ISO 8601. */
  readonly changedAt: string
  readonly actor: string
  readonly body: Body
}

/**
 * The newest versions of a project's documents of one kind, by name; deleted ones are left out. `asOfMs`: those that held then; `namePrefix`: those
 * whose names begin so, of kinds that have many large ones. @throws DatabaseError
 */
export const readSettings = async <Body>(
  database: Database,
  projectId: number,
  kind: SettingKind,
  asOfMs?: number,
  namePrefix = '',
): Promise<Setting<Body>[]> => {
  const rows = await database.query<StoredSetting>(NEWEST, {
    project: projectId,
    kind,
    namePrefix,
    until: String(asOfMs === undefined ? MAX_VERSION : BigInt(Math.floor(asOfMs)) * 1000n + 999n),
  })
  return rows
    .filter(({ deleted }) => !deleted)
    .map(({ name, version, changed_ms, actor, body }) => ({
      kind,
      name,
      version,
      changedAt: new Date(Number(changed_ms)).toISOString(),
      actor,
      body: JSON.parse(body) as Body,
    }))
}

/** The one document of a kind and name. @throws DatabaseError */
export const readSetting = async <Body>(
  database: Database,
  projectId: number,
  kind: SettingKind,
  name = '',
  asOfMs?: number,
): Promise<Setting<Body> | undefined> =>
  (await readSettings<Body>(database, projectId, kind, asOfMs, name)).find((setting) => setting.name === name)

/** Every version of a document, oldest first: what held when, and who changed it. @throws DatabaseError */
export const settingHistory = async <Body>(
  database: Database,
  projectId: number,
  kind: SettingKind,
  name = '',
): Promise<Setting<Body | null>[]> => {
  const rows = await database.query<StoredSetting>(HISTORY, { project: projectId, kind, name })
  return rows.map(({ version, changed_ms, actor, body, deleted }) => ({
    kind,
    name,
    version,
    changedAt: new Date(Number(changed_ms)).toISOString(),
    actor,
    body: deleted ? null : (JSON.parse(body) as Body),
  }))
}

export interface Change {
  readonly projectId: number
  readonly kind: SettingKind
  readonly name?: string
  /** undefined deletes the document. */
  readonly body: unknown
  readonly actor: string
  /** What the audit log calls it: `prices.put`, `month.close`, … */
  readonly action: string
  /** What stands in the audit entry beside the change: why, what it was, what it touched. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** On disk when it resolves, with its audit entry written first: a change without one cannot be. Resolves with the new version. @throws DatabaseError */
export const writeSetting = async (database: Database, change: Change): Promise<string> => {
  const { projectId, kind, name = '', body, actor, action, detail = {} } = change
  const version = nextVersion()
  const changedAtMs = Number(version / 1000n)
  await writeAudit(database, {
    projectId,
    actor,
    action,
    subject: name === '' ? kind : `${kind}/${name}`,
    detail: { ...detail, version: String(version) },
  })
  const row: SettingRow = {
    projectId,
    kind,
    name,
    version,
    changedAtMs,
    actor,
    deleted: body === undefined,
    body: body === undefined ? '' : JSON.stringify(body),
  }
  await insertRow(
    database,
    'settings',
    (writer) => encodeSetting(writer, row),
    `setting:${projectId}:${kind}:${version}:${randomUUID()}`,
  )
  return String(version)
}

export interface AuditEntry {
  readonly projectId: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** @throws DatabaseError */
export const writeAudit = async (database: Database, entry: AuditEntry): Promise<string> => {
  const entryId = randomUUID().replaceAll('-', '')
  const row: AuditRow = { ...entry, timeMs: Date.now(), entryId, detail: JSON.stringify(entry.detail) }
  await insertRow(database, 'audit_log', (writer) => encodeAudit(writer, row), `audit:${entryId}`)
  return entryId
}

interface StoredSetting {
  readonly name: string
  readonly version: string
  readonly changed_ms: string
  readonly actor: string
  readonly deleted: boolean
  readonly body: string
}

const MAX_VERSION = 2n ** 64n - 1n
const FIELDS =
  'toString(s.version) AS version, toString(toUnixTimestamp64Milli(s.changed_at)) AS changed_ms, s.actor AS actor, s.deleted AS deleted, s.body AS body'

const NEWEST = `SELECT s.name AS name, ${FIELDS}
FROM settings AS s
WHERE s.project_id = {project:UInt32} AND s.kind = {kind:String} AND s.version <= {until:UInt64} AND startsWith(s.name, {namePrefix:String})
ORDER BY s.name, s.version DESC
LIMIT 1 BY s.name`

const HISTORY = `SELECT s.name AS name, ${FIELDS}
FROM settings AS s
WHERE s.project_id = {project:UInt32} AND s.kind = {kind:String} AND s.name = {name:String}
ORDER BY s.version`

const encodeSetting = rowEncoder(SETTINGS)
const encodeAudit = rowEncoder(AUDIT_LOG)

const insertRow = async (
  database: Database,
  table: 'settings' | 'audit_log',
  encode: (writer: RowBinaryWriter) => void,
  token: string,
): Promise<void> => {
  const writer = new RowBinaryWriter()
  encode(writer)
  await database.insert({ table, format: 'RowBinary', chunks: [writer.written()], token })
}

let lastVersion = 0n
/** Larger than every version given before by this process, also when the clock steps back. */
const nextVersion = (): bigint => {
  const now = BigInt(Date.now()) * 1000n
  lastVersion = now > lastVersion ? now : lastVersion + 1n
  return lastVersion
}
