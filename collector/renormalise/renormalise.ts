import type { Database } from '../../schema/clickhouse/database.ts'
import { blockEncoder } from '../../schema/clickhouse/native-writer.ts'
import { CONTENT, SPANS } from '../../schema/clickhouse/tables.ts'
import { MAPPER_VERSION } from '../../schema/dialects/dialects.ts'
import { logRulesOf } from '../../schema/dialects/log-events.ts'
import type { Content, Span } from '../../schema/model/span.ts'
import { emptyUsage, USAGE_BUCKETS } from '../../schema/model/usage.ts'
import type { WireSpan } from '../../schema/otlp/wire.ts'
import type { Section } from '../normalise/encode-batch.ts'
import { normalise } from '../normalise/normalise.ts'
import { derivedOfLog } from '../normalise/normalise-logs.ts'
import { encodeKeys, mergeKeys } from '../spool/keys.ts'
import { asSent } from './as-sent.ts'
import {
  bodiesOf,
  derivedOf,
  logsIn,
  type StoredLog,
  type StoredSpan,
  spansIn,
  type Window,
  windowsOf,
} from './read-stored.ts'

export interface RenormaliseRequest {
  readonly projectId: number
  readonly fromNanos: bigint
  readonly toNanos: bigint
}

export interface RenormaliseProgress {
  /** Windows done, of all. */
  readonly done: number
  readonly windows: number
  /** Spans and derived rows read, and of them those that were written anew. */
  readonly read: number
  readonly changed: number
}

/**
 * History read again under the present rules (dialects.md §9.10). Every span of the range that an older version of the rules read, or that the present
 * ones read differently, gets a new version; so do the rows that were derived from log records. They take the way of everything that arrives: through
 * the spool, exactly once, and their runs are tallied anew, which takes the old figures back. Doing it again changes nothing.
 */
export const renormalise = async (
  database: Database,
  request: RenormaliseRequest,
  deps: {
    readonly append: (sections: readonly Section[]) => Promise<void>
    readonly nextOrder: () => bigint
    readonly progress?: (progress: RenormaliseProgress) => void
  },
): Promise<RenormaliseProgress> => {
  const windows = await windowsOf(database, request.projectId, request)
  let read = 0
  let changed = 0
  for (const [i, window] of windows.entries()) {
    const { rows, contents, seen } = await readAnew(database, request.projectId, window)
    read += seen
    changed += rows.length
    if (rows.length > 0) await deps.append(sectionsOf(rows, contents, deps.nextOrder()))
    deps.progress?.({ done: i + 1, windows: windows.length, read, changed })
  }
  return { done: windows.length, windows: windows.length, read, changed }
}

interface Anew {
  readonly rows: readonly StoredSpan[]
  readonly contents: readonly Content[]
  readonly seen: number
}

const readAnew = async (database: Database, projectId: number, window: Window): Promise<Anew> => {
  const stored = await spansIn(database, projectId, window)
  const spans = stored.filter(({ span }) => span.origin === 'span')
  const bodies = await bodiesOf(database, projectId, spans)
  const contents: Content[] = []
  const rows: StoredSpan[] = []
  for (const row of spans) {
    const { wire, group } = asSent(row.span, bodies)
    const made = normalise(
      { signal: 'traces', resourceSpans: [group], invalidUtf8: 0 },
      {
        projectId,
        receivedAtMs: Date.now(),
        retentionDays: 0,
        masking: new Map<WireSpan, string>([[wire, row.span.masking]]),
      },
    )
    const [span] = made.spans
    if (!span || !isNewer(row.span, span)) continue
    rows.push({ ...row, span })
    contents.push(...made.contents)
  }
  const derived = await derivedAnew(database, projectId, await logsIn(database, projectId, window))
  return { rows: [...rows, ...derived.rows], contents, seen: spans.length + derived.seen }
}

/** Rows of log records: as the rules derive them now, and those that they derive no longer, which then say nothing. */
const derivedAnew = async (
  database: Database,
  projectId: number,
  logs: readonly StoredLog[],
): Promise<{ readonly rows: readonly StoredSpan[]; readonly seen: number }> => {
  const told = logs.flatMap((row) => {
    const span = logRulesOf(row.log.eventName).length === 0 ? undefined : derivedOfLog(row.log)
    return [{ ...row, span }]
  })
  const traceIds = told.flatMap(({ log, span }) => [log.traceId, span?.traceId ?? '']).filter((id) => id !== '')
  const known = new Map(
    (
      await derivedOf(
        database,
        projectId,
        logs.map(({ log }) => log),
        traceIds,
      )
    ).map((row) => [row.span.spanId, row]),
  )
  const rows = told.flatMap(({ log, span, receivedAtMs, retentionDays }): StoredSpan[] => {
    const before = known.get(log.logId.slice(0, 16))
    // A log's row keeps neither its scope's version nor what masking found.
    const { masking = '', scopeVersion = '' } = before?.span ?? {}
    const now = span ? { ...span, masking, scopeVersion } : before && silenced(before.span)
    if (!now || (before && !isNewer(before.span, now))) return []
    return [{ span: now, receivedAtMs, retentionDays }]
  })
  return { rows, seen: known.size }
}

const silenced = (span: Span): Span => ({
  ...span,
  mapperVersion: MAPPER_VERSION,
  kind: 'span',
  rawKind: '',
  usage: emptyUsage(),
  usageReported: 0,
  hasUsage: false,
  costReportedNanoUsd: 0n,
  answered: false,
  failed: false,
})

/** An older version of the rules read it, or the present one reads it differently. */
const isNewer = (stored: Span, now: Span): boolean =>
  stored.mapperVersion < now.mapperVersion || textOfSpan(stored) !== textOfSpan(now)

/** Everything that rules decide, in one order; what was sent is the same by construction. */
const textOfSpan = ({ attrs, nums, attrRefs, resource, events, links, labels, usage, ...fields }: Span): string =>
  JSON.stringify(
    [Object.entries(fields).sort(byKey), [...labels].sort(byKey), USAGE_BUCKETS.map((bucket) => usage[bucket])],
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

const encodeSpans = blockEncoder(SPANS)
const encodeContent = blockEncoder(CONTENT)

const sectionsOf = (rows: readonly StoredSpan[], contents: readonly Content[], receivedOrder: bigint): Section[] => {
  const keys = mergeKeys(
    rows.map(({ span }) => ({
      projectId: span.projectId,
      traceId: span.traceId,
      minStart: span.startNanos,
      maxStart: span.startNanos,
    })),
  )
  // A body is kept as long as the span that it belongs to, counted from when that came.
  const kept = new Map(rows.map((row) => [row.span.traceId, row]))
  const sections: Section[] = [
    {
      table: 'spans',
      format: 'Native',
      ...encodeSpans(
        rows.map(({ span, receivedAtMs: at, retentionDays }) => ({
          row: span,
          receivedOrder,
          receivedAtMs: at,
          retentionDays,
        })),
      ),
    },
    { table: 'keys', format: 'RowBinary', rows: keys.length, bytes: encodeKeys(keys) },
  ]
  if (contents.length === 0) return sections
  const bodies = contents.map((row) => {
    const { receivedAtMs, retentionDays } = kept.get(row.traceId)!
    return { row, receivedOrder, receivedAtMs, retentionDays }
  })
  return [...sections, { table: 'content', format: 'Native', ...encodeContent(bodies) }]
}
