import type { Rate, SessionItem, TraceItem, Usage, UsageItem } from '../../schema/api/shapes.ts'

/** What a cell may be before it is text; lists are joined. */
type Cell = string | number | boolean | null | undefined | readonly string[]

export interface CsvColumn<T> {
  readonly name: string
  readonly cell: (item: T) => Cell
}

/** One line of RFC 4180. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`

/**
 * Text of telemetry is somebody else's: a cell that begins like a formula is shown as text by spreadsheets if it begins with an apostrophe
 * (OWASP, "CSV Injection"). Numbers of ours stay numbers.
 */
const FORMULA = /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r]/

const csvCell = (cell: Cell): string => {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell)
  const text = typeof cell === 'string' ? cell : cell.join('; ')
  const safe = FORMULA.test(text) && !DECIMAL.test(text) ? `'${text}` : text
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
/** Money is decimal text, and may be negative. */
const DECIMAL = /^-?\d+(?:\.\d+)?$/

const fields = <T>(...names: readonly (keyof T & string)[]): CsvColumn<T>[] =>
  names.map((name) => ({ name, cell: (item) => item[name] as Cell }))

const USAGE = [
  'inputTotal',
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'inputImage',
  'outputTotal',
  'outputText',
  'reasoning',
  'outputAudio',
  'outputImage',
] as const
const usage: readonly CsvColumn<{ readonly usage: Usage }>[] = USAGE.map((bucket) => ({
  name: bucket,
  cell: (item) => item.usage[bucket],
}))

const rate = <T>(name: string, of: (item: T) => Rate | null): CsvColumn<T>[] => [
  { name, cell: (item) => of(item)?.value },
  { name: `${name}Good`, cell: (item) => of(item)?.good },
  { name: `${name}Valid`, cell: (item) => of(item)?.valid },
]

export const SESSION_COLUMNS: readonly CsvColumn<SessionItem>[] = [
  ...fields<SessionItem>('id', 'agent', 'agentVersion', 'user', 'team', 'customer', 'environment', 'start', 'end'),
  ...fields<SessionItem>('durationMs', 'status', 'outcome', 'outcomeSource', 'provisional', 'runCount', 'spans'),
  ...fields<SessionItem>('modelCalls', 'failedModelCalls', 'embeddingCalls', 'toolCalls', 'toolErrors', 'errors'),
  ...fields<SessionItem>('guardrailEvaluations', 'guardrailHits', 'missingUsageCalls', 'unpricedCalls'),
  ...usage,
  ...fields<SessionItem>('costUsd', 'costStatus', 'models', 'tools', 'agents', 'traceIds', 'firstInput', 'lastOutput'),
]

export const TRACE_COLUMNS: readonly CsvColumn<TraceItem>[] = [
  ...fields<TraceItem>('traceId', 'start', 'durationMs', 'spanCount', 'errorCount', 'rootName', 'service', 'agent'),
  ...fields<TraceItem>('environment', 'sessionId', 'runId'),
  ...usage,
  ...fields<TraceItem>('costUsd', 'costStatus'),
]

/** `keys`: what the lines of the report are about (`tool`; `provider` and `model`). */
export const usageItemColumns = (...keys: readonly string[]): readonly CsvColumn<UsageItem>[] => [
  ...keys.map((key): CsvColumn<UsageItem> => ({ name: key, cell: (item) => item.key[key] })),
  ...fields<UsageItem>('runs', 'partOfRuns', 'calls', 'errors'),
  ...rate<UsageItem>('failureRate', (item) => item.failureRate),
  ...fields<UsageItem>('p50Ms', 'p95Ms'),
  ...usage,
  ...fields<UsageItem>('costUsd', 'costStatus', 'unpricedCalls'),
  ...rate<UsageItem>('valid', (item) => item.valid),
  ...rate<UsageItem>('success', (item) => item.success),
  ...fields<UsageItem>('costPerSuccess', 'guardrailEvaluations', 'guardrailHits', 'lastSeen', 'agents'),
]
