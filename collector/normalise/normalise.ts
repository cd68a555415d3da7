import type { Content, LogRecord, Score, Span } from '../../schema/model/span.ts'
import type { Decoded } from '../../schema/otlp/wire.ts'
import type { Rejection } from '../pipeline-types.ts'

export interface NormaliseContext {
  readonly projectId: number
  readonly receivedAtMs: number
  /** Spans that started earlier are rejected; 0 keeps all. */
  readonly retentionDays: number
}

/** One request in Recount's words. Spans may come of a logs request too: rows derived from records that tell of calls (`origin: 'log'`). */
export interface Normalised {
  readonly spans: Span[]
  readonly logs: LogRecord[]
  readonly scores: Score[]
  readonly contents: Content[]
  readonly rejections: Rejection[]
}

/** Attribute values from this size on are stored once by hash instead of in the span. */
export const CONTENT_BYTES_MIN = 4096

export const normalise = (_decoded: Decoded, _context: NormaliseContext): Normalised => ({
  spans: [],
  logs: [],
  scores: [],
  contents: [],
  rejections: [],
})
