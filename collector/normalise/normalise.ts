import type { MetricPoint } from '../../schema/model/metric.ts'
import type { Content, LogRecord, Score, Span } from '../../schema/model/span.ts'
import type { Decoded, WireLogRecord, WireSpan } from '../../schema/otlp/wire.ts'
import type { Rejection } from '../pipeline-types.ts'
import { Checks } from './check.ts'
import { Contents } from './contents.ts'
import { normaliseLogs } from './normalise-logs.ts'
import { normaliseMetrics } from './normalise-metrics.ts'
import { normaliseSpans, type Request } from './normalise-spans.ts'

export interface NormaliseContext {
  readonly projectId: number
  readonly receivedAtMs: number
  /** Spans that started earlier are rejected; 0 keeps all. */
  readonly retentionDays: number
  /** What masking says of each span and record (`Span.masking`); absent where it is off. */
  readonly masking?: ReadonlyMap<WireSpan | WireLogRecord, string>
}

/** One request in Recount's words. Spans may come of a logs request too: rows derived from records that tell of calls (`origin: 'log'`). */
export interface Normalised {
  readonly spans: Span[]
  readonly logs: LogRecord[]
  readonly metrics: readonly MetricPoint[]
  readonly scores: Score[]
  readonly contents: Content[]
  readonly rejections: Rejection[]
}

/**
 * OTLP as decoded → the model of the data, whatever dialect it speaks. Pure: no clock, no I/O, the same request gives the same rows.
 * What can never be stored is counted in `rejections`; the rest of the request is kept.
 */
export const normalise = (decoded: Decoded, context: NormaliseContext): Normalised => {
  const checks = new Checks(context.receivedAtMs, context.retentionDays)
  const contents = new Contents(context.projectId)
  const request: Request = { projectId: context.projectId, checks, contents, scores: [], masking: context.masking }
  const { spans, logs } =
    decoded.signal === 'traces'
      ? { spans: normaliseSpans(decoded, request), logs: [] }
      : decoded.signal === 'logs'
        ? normaliseLogs(decoded, request, context.receivedAtMs)
        : { spans: [], logs: [] }
  const metrics = decoded.signal === 'metrics' ? normaliseMetrics(decoded, request) : []
  return { spans, logs, metrics, scores: request.scores, contents: contents.list, rejections: checks.rejections() }
}
