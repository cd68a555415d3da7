import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../schema/clickhouse/database.ts'
import { openEmbedded } from '../../schema/clickhouse/embedded.ts'
import { INGEST_STATS } from '../../schema/clickhouse/ingest-table.ts'
import { METRICS } from '../../schema/clickhouse/metrics-table.ts'
import { migrate } from '../../schema/clickhouse/migrate.ts'
import { RowBinaryWriter } from '../../schema/clickhouse/row-binary-writer.ts'
import { SCORES } from '../../schema/clickhouse/scores-table.ts'
import {
  CONTENT,
  LEDGER,
  LOGS,
  rowEncoder,
  SPANS,
  type Table,
  type TableName,
  TRACES,
  type TraceRow,
} from '../../schema/clickhouse/tables.ts'
import type { IngestRow } from '../../schema/model/ingest.ts'
import type { MetricPoint } from '../../schema/model/metric.ts'
import type { Call, RunTally } from '../../schema/model/run.ts'
import type { Content, LogRecord, Score, Span } from '../../schema/model/span.ts'
import { emptyUsage } from '../../schema/model/usage.ts'

/** An embedded engine in a directory of its own, migrated, and rows put straight into its tables: what the read path is tested on. */
export interface TestStore {
  readonly database: Database
  spans(spans: readonly Span[]): Promise<void>
  logs(logs: readonly LogRecord[]): Promise<void>
  scores(scores: readonly Score[]): Promise<void>
  contents(contents: readonly Content[]): Promise<void>
  metrics(points: readonly MetricPoint[]): Promise<void>
  /** The next version of runs: earlier versions are taken back as the tallier does. `talliedAtMs`: now, where not given. */
  runs(tallies: readonly RunTally[], talliedAtMs?: number): Promise<void>
  traces(traces: readonly TraceRow[]): Promise<void>
  /** Lines of the collector's own account. */
  ingest(rows: readonly IngestRow[]): Promise<void>
  close(): Promise<void>
}

export const openTestStore = async (): Promise<TestStore> => {
  const directory = await mkdtemp(join(tmpdir(), 'recount-test-'))
  const database = await openEmbedded(directory)
  await migrate(database, { minFreeDiskBytes: 0 })
  const tallied = new Map<string, { tally: RunTally; version: bigint }>()
  let received = 0n

  const insert = async <Row>(table: Table<Row>, rows: readonly Row[]): Promise<void> => {
    const encode = rowEncoder(table)
    const writer = new RowBinaryWriter()
    for (const row of rows) encode(writer, row)
    await database.insert({
      table: table.name as TableName,
      format: 'RowBinary',
      chunks: [writer.take()],
      token: randomBytes(8).toString('hex'),
    })
  }
  const stored = <T>(rows: readonly T[]) => {
    received++
    return rows.map((row) => ({ row, receivedOrder: received, receivedAtMs: Date.now(), retentionDays: 0 }))
  }

  return {
    database,
    spans: (rows) => insert(SPANS, stored(rows)),
    logs: (rows) => insert(LOGS, stored(rows)),
    scores: (rows) => insert(SCORES, stored(rows)),
    contents: (rows) => insert(CONTENT, stored(rows)),
    metrics: (rows) => insert(METRICS, stored(rows)),
    traces: (rows) => insert(TRACES, rows),
    ingest: (rows) => insert(INGEST_STATS, rows),
    runs: (tallies, talliedAtMs = Date.now()) => {
      const rows = tallies.flatMap((tally) => {
        const before = tallied.get(tally.runId)
        const version = (before?.version ?? 0n) + 1n
        tallied.set(tally.runId, { tally, version })
        return [
          ...(before ? [{ sign: -1 as const, talliedAtMs, version: before.version, tally: before.tally }] : []),
          { sign: 1 as const, talliedAtMs, version, tally },
        ]
      })
      return insert(LEDGER, rows)
    },
    close: async () => {
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export const aSpan = (given: Partial<Span> & Pick<Span, 'traceId' | 'spanId' | 'startNanos'>): Span => ({
  projectId: 1,
  parentSpanId: '',
  durationNanos: 0n,
  spanKind: 1,
  status: 0,
  statusMessage: '',
  name: 'span',
  traceState: '',
  otlpFlags: 0,
  origin: 'span',
  service: 'shop',
  scope: 'test',
  scopeVersion: '1.0.0',
  env: 'production',
  team: 'support',
  costCenter: '',
  customer: '',
  kind: 'span',
  rawKind: '',
  dialect: '',
  mapperVersion: 1,
  provider: '',
  model: '',
  requestModel: '',
  responseId: '',
  finishReason: '',
  serviceTier: '',
  agent: '',
  agentId: '',
  agentVersion: '',
  workflow: '',
  prompt: '',
  promptVersion: '',
  policyVersion: '',
  sessionId: '',
  userId: '',
  tool: '',
  toolCallId: '',
  toolArguments: '',
  toolDefinitionsRef: '',
  guardrail: '',
  verdict: '',
  masking: '',
  usage: emptyUsage(),
  usageReported: 0,
  hasUsage: false,
  inputSemantics: '',
  usageConflict: false,
  costReportedNanoUsd: 0n,
  toolFeeNanoUsd: 0n,
  answered: false,
  ttftNanos: 0n,
  failed: given.status === 2,
  errorType: '',
  labels: new Map(),
  inputPreview: '',
  outputPreview: '',
  attrs: new Map(),
  nums: new Map(),
  attrRefs: new Map(),
  resource: new Map([['service.name', 'shop']]),
  events: [],
  links: [],
  ...given,
})

export const aCall = (given: Partial<Call> & Pick<Call, 'spanId' | 'traceId' | 'kind' | 'startNanos'>): Call => ({
  durationNanos: 0n,
  agent: 'shop',
  agentVersion: '',
  provider: '',
  model: '',
  requestModel: '',
  tool: '',
  serviceTier: '',
  failed: false,
  errorType: '',
  usage: emptyUsage(),
  usageReported: 0,
  costNanoUsd: 0n,
  costReportedNanoUsd: given.costStatus === 'reported' ? (given.costNanoUsd ?? 0n) : 0n,
  costComputedNanoUsd: given.costStatus === 'computed' ? (given.costNanoUsd ?? 0n) : 0n,
  costStatus: 'free',
  priceRef: '',
  ttftNanos: 0n,
  validity: 'unknown',
  ...given,
})

export const aRun = (given: Partial<RunTally> & Pick<RunTally, 'runId' | 'startNanos' | 'endNanos'>): RunTally => ({
  projectId: 1,
  traceIds: [given.runId],
  sessionId: '',
  sessionIds: given.sessionId ? [given.sessionId] : [],
  userId: '',
  userIds: given.userId ? [given.userId] : [],
  rootAgent: 'shop',
  agentVersion: '',
  service: 'shop',
  team: 'support',
  costCenter: '',
  customer: '',
  env: 'production',
  workflow: '',
  policyVersion: '',
  rootName: 'invoke_agent shop',
  status: 0,
  outcome: 'pending',
  outcomeSource: '',
  outcomeEvaluator: '',
  spanCount: 1,
  errorCount: 0,
  modelCalls: 0,
  failedModelCalls: 0,
  embeddingCalls: 0,
  toolCalls: 0,
  toolErrors: 0,
  missingUsageCalls: 0,
  unpricedCalls: 0,
  guardrailEvaluations: 0,
  guardrailHits: 0,
  usage: emptyUsage(),
  usageUnreported: 0,
  costNanoUsd: 0n,
  costStatus: 'complete',
  models: [],
  tools: [],
  agents: [given.rootAgent ?? 'shop'],
  guardrails: [],
  scoreNames: [],
  firstInput: '',
  lastOutput: '',
  labels: new Map(),
  calls: [],
  checks: [],
  ...given,
})

export const aLog = (given: Partial<LogRecord> & Pick<LogRecord, 'logId' | 'timeNanos'>): LogRecord => ({
  projectId: 1,
  observedNanos: given.timeNanos,
  traceId: '',
  spanId: '',
  severity: 9,
  severityText: 'INFO',
  eventName: '',
  service: 'shop',
  scope: 'test',
  env: 'production',
  sessionId: '',
  body: '',
  attrs: new Map(),
  nums: new Map(),
  resource: new Map(),
  otlpFlags: 0,
  ...given,
})

export const aScore = (given: Partial<Score> & Pick<Score, 'scoreId' | 'timeNanos' | 'name'>): Score => ({
  projectId: 1,
  source: 'code',
  evaluator: '',
  evaluatorVersion: '',
  value: Number.NaN,
  label: '',
  explanation: '',
  traceId: '',
  spanId: '',
  sessionId: '',
  responseId: '',
  targetKey: '',
  attrs: new Map(),
  ...given,
})
