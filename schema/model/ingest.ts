/** What became of a request or of a thing in it. `noted`: kept, but not as it was sent. `state`: a gauge of the collector, in `items`. */
export const INGEST_RESULTS = ['acknowledged', 'rejected', 'refused', 'duplicate', 'noted', 'state'] as const
export type IngestResult = (typeof INGEST_RESULTS)[number]

export const INGEST_SIGNALS = ['traces', 'logs', 'metrics', 'unknown'] as const
export type IngestSignal = (typeof INGEST_SIGNALS)[number]

export const INGEST_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc', 'unknown'] as const
export type IngestProtocol = (typeof INGEST_PROTOCOLS)[number]

/** Gauges of a collector, the reasons of `state` rows. */
export const INGEST_GAUGES = ['spool_bytes', 'lag_ms', 'load_lag_ms', 'tally_lag_ms', 'quarantined_segments'] as const
export type IngestGauge = (typeof INGEST_GAUGES)[number]

/** One line of the collector's own account: counts of one minute, one example, or one gauge. */
export interface IngestRow {
  /** 0 where no key was known yet, and for gauges. */
  readonly projectId: number
  readonly timeMs: number
  /** The write that brought the row: one collector's, at one moment. 32 hex digits. */
  readonly flushId: string
  readonly signal: IngestSignal
  readonly protocol: IngestProtocol
  readonly result: IngestResult
  /** A closed set: reject and refusal reasons, notes, gauges; '' for what went well. */
  readonly reason: string
  readonly requests: number
  /** Spans, log records, data points; occurrences of a note; the value of a gauge. */
  readonly items: number
  /** Of the bodies, after decompression. */
  readonly bytes: number
  /** '' on rows that count. An example is text of a sender: cut short, masked, hostile. */
  readonly sample: string
}
