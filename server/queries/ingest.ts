import type { IngestReason, IngestReport, IngestTotals } from '../../schema/api/ingest.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import type { IngestGauge, IngestProtocol, IngestResult, IngestSignal } from '../../schema/model/ingest.ts'
import { isoOfMs } from '../answers/time.ts'
import { sqlFile } from './sql-file.ts'
import { type BoundedRange, type Steps, stepsOf } from './time-range.ts'

const COUNTS = sqlFile('ingest-counts')
const GAUGES = sqlFile('ingest-gauges')
const SAMPLES = sqlFile('ingest-samples')

/** The account is kept by the minute: finer steps would be full and empty by turns. */
const STEP_MS_MIN = 60_000
const SAMPLES_OF_REASON = 5
/** A collector writes its gauges every minute at least; one that wrote none for so long is away. */
const STATE_MS_MAX = 5 * 60_000

interface CountRow {
  readonly step: number
  readonly signal: IngestSignal
  readonly protocol: IngestProtocol
  readonly result: Exclude<IngestResult, 'state'>
  readonly reason: string
  readonly requests: number
  readonly items: number
  readonly bytes: number
  readonly first_ms: number
  readonly last_ms: number
}
interface GaugeRow {
  readonly step: number
  readonly gauge: IngestGauge
  readonly largest: number
  readonly last: number
  readonly last_ms: number
}
interface SampleRow {
  readonly result: string
  readonly reason: string
  readonly signal: IngestSignal
  readonly protocol: IngestProtocol
  readonly sample: string
  readonly last_ms: number
}

export const ingestReport = async (
  database: Database,
  projectId: number,
  range: BoundedRange,
  nowMs: number,
): Promise<IngestReport> => {
  const steps = coarse(range)
  const params = {
    project: projectId,
    fromMs: steps.firstMs,
    toMs: range.toMs,
    firstMs: steps.firstMs,
    stepMs: steps.stepMs,
  }
  const [counts, gauges, samples, state] = await Promise.all([
    database.query<CountRow>(COUNTS, params),
    database.query<GaugeRow>(GAUGES, params),
    database.query<SampleRow>(SAMPLES, { ...params, samples: SAMPLES_OF_REASON }),
    database.query<GaugeRow>(GAUGES, {
      ...params,
      fromMs: nowMs - STATE_MS_MAX,
      toMs: nowMs + 1,
      firstMs: 0,
      stepMs: nowMs * 2,
    }),
  ])
  return {
    from: isoOfMs(range.fromMs),
    to: isoOfMs(range.toMs),
    stepMs: steps.stepMs,
    totals: totalsOf(counts),
    series: seriesOf(steps, counts, gauges),
    reasons: reasonsOf(steps, counts, samples),
    state: stateOf(state),
  }
}

const coarse = (range: BoundedRange): Steps => {
  const steps = stepsOf(range)
  if (steps.stepMs >= STEP_MS_MIN) return steps
  const firstMs = Math.floor(range.fromMs / STEP_MS_MIN) * STEP_MS_MIN
  return { stepMs: STEP_MS_MIN, firstMs, count: Math.max(1, Math.ceil((range.toMs - firstMs) / STEP_MS_MIN)) }
}

const totalsOf = (rows: readonly CountRow[]): IngestTotals[] => {
  const totals = new Map<string, { -readonly [K in keyof IngestTotals]: IngestTotals[K] }>()
  for (const { signal, protocol, result, requests, items, bytes } of rows) {
    const key = `${signal} ${protocol}`
    const at = totals.get(key) ?? {
      signal,
      protocol,
      requests: 0,
      received: 0,
      acknowledged: 0,
      rejected: 0,
      refusedRequests: 0,
      duplicateRequests: 0,
      bytes: 0,
    }
    totals.set(key, at)
    if (result === 'acknowledged') {
      at.requests += requests
      at.acknowledged += items
      at.bytes += bytes
    } else if (result === 'rejected') at.rejected += items
    else if (result === 'refused') at.refusedRequests += requests
    else if (result === 'duplicate') at.duplicateRequests += requests
    at.received = at.acknowledged + at.rejected
  }
  return [...totals.values()].sort((a, b) => b.received - a.received || b.refusedRequests - a.refusedRequests)
}

const seriesOf = (
  { stepMs, firstMs, count }: Steps,
  counts: readonly CountRow[],
  gauges: readonly GaugeRow[],
): IngestReport['series'] => {
  const series = Array.from({ length: count }, (_, step) => ({
    time: isoOfMs(firstMs + step * stepMs),
    traces: 0,
    logs: 0,
    metrics: 0,
    rejected: 0,
    refusedRequests: 0,
    spoolBytes: null as number | null,
    lagMs: null as number | null,
  }))
  for (const { step, signal, result, items, requests } of counts) {
    const at = series[step]
    if (!at) continue
    if (result === 'acknowledged' && signal !== 'unknown') at[signal] += items
    else if (result === 'rejected') at.rejected += items
    else if (result === 'refused') at.refusedRequests += requests
  }
  for (const { step, gauge, largest } of gauges) {
    const at = series[step]
    if (at && gauge === 'spool_bytes') at.spoolBytes = largest
    else if (at && gauge === 'lag_ms') at.lagMs = largest
  }
  return series
}

const REASON_KINDS = ['rejected', 'refused', 'noted'] as const

const reasonsOf = (steps: Steps, counts: readonly CountRow[], samples: readonly SampleRow[]): IngestReason[] => {
  const reasons = new Map<string, CountRow[]>()
  for (const row of counts) {
    if (!REASON_KINDS.some((kind) => kind === row.result)) continue
    const key = `${row.result} ${row.reason}`
    reasons.set(key, [...(reasons.get(key) ?? []), row])
  }
  const all = [...reasons.values()].map((rows): IngestReason => {
    const { result, reason } = rows[0]!
    const series = Array.from({ length: steps.count }, () => 0)
    for (const row of rows) if (row.step in series) series[row.step]! += amountOf(row)
    return {
      kind: result as IngestReason['kind'],
      reason,
      signals: [...new Set(rows.map((row) => row.signal))],
      protocols: [...new Set(rows.map((row) => row.protocol))],
      requests: rows.reduce((sum, row) => sum + row.requests, 0),
      items: rows.reduce((sum, row) => sum + row.items, 0),
      firstSeen: isoOfMs(Math.min(...rows.map((row) => row.first_ms))),
      lastSeen: isoOfMs(Math.max(...rows.map((row) => row.last_ms))),
      series,
      samples: samples
        .filter((row) => row.result === result && row.reason === reason)
        .map(({ signal, protocol, sample, last_ms }) => ({ time: isoOfMs(last_ms), signal, protocol, text: sample })),
    }
  })
  return all.sort((a, b) => rankOf(a) - rankOf(b) || b.items + b.requests - a.items - a.requests)
}

const amountOf = (row: CountRow): number => (row.result === 'refused' ? row.requests : row.items)
/** What is lost for good first; what was kept, and only noted, last. */
const rankOf = ({ kind }: IngestReason): number => REASON_KINDS.indexOf(kind)

const stateOf = (rows: readonly GaugeRow[]): IngestReport['state'] => {
  const of = (gauge: IngestGauge): number | null => rows.find((row) => row.gauge === gauge)?.last ?? null
  return {
    time: rows.length === 0 ? null : isoOfMs(Math.max(...rows.map((row) => row.last_ms))),
    spoolBytes: of('spool_bytes'),
    lagMs: of('lag_ms'),
    loadLagMs: of('load_lag_ms'),
    tallyLagMs: of('tally_lag_ms'),
    quarantinedSegments: of('quarantined_segments'),
  }
}
