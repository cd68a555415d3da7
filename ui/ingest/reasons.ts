import type { IngestReason } from '../../schema/api/ingest.ts'

/** What a reason means for a person, and what to do about it: one entry for each that the collector can give. */
export interface ReasonWords {
  readonly title: string
  readonly meaning: string
  readonly remedy: string
}

export const wordsOf = ({ kind, reason }: Pick<IngestReason, 'kind' | 'reason'>): ReasonWords =>
  WORDS[`${kind}.${reason}`] ?? {
    title: reason.replaceAll('_', ' '),
    meaning: 'A newer collector gave this reason; this page does not know it yet.',
    remedy: 'The examples say what was wrong. The newest version of Recount says what to do.',
  }

const AGAIN = 'Nothing to do: exporters send it again by themselves, and nothing is lost while they do.'

const WORDS: Readonly<Record<string, ReasonWords>> = {
  'rejected.bad_trace_id': {
    title: 'Trace id is not 16 bytes',
    meaning: 'A span without a proper trace id cannot be found again. The other spans of its request were kept.',
    remedy:
      'Look at what makes the ids: a custom propagator, a hand-written exporter, or ids cut to 64 bits. OTLP wants 32 hex digits in JSON and 16 bytes in protobuf, not all zero.',
  },
  'rejected.bad_span_id': {
    title: 'Span id is not 8 bytes',
    meaning: 'A span without a proper id cannot be told from others. The other spans of its request were kept.',
    remedy: 'OTLP wants 16 hex digits in JSON and 8 bytes in protobuf, not all zero.',
  },
  'rejected.start_time_zero': {
    title: 'No start time',
    meaning: 'The time is 0. It would lie in 1970, where nobody looks.',
    remedy: 'Set startTimeUnixNano. Seconds or milliseconds in its place give the reason “before the retention”.',
  },
  'rejected.start_time_before_retention': {
    title: 'Older than what is kept',
    meaning: 'It would have been deleted at once.',
    remedy:
      'For old recordings start Recount with a longer --retention-days (0 keeps all). For live traffic look at the unit: OTLP wants nanoseconds.',
  },
  'rejected.start_time_in_future': {
    title: 'More than a day ahead',
    meaning: 'The clock of the sender is wrong, or the unit of its times is.',
    remedy: 'Synchronise the clock (NTP) of the machines that the examples come from.',
  },
  'rejected.too_many_attributes': {
    title: 'Too many attributes',
    meaning: 'One span carries more attributes than any conventions have names.',
    remedy: 'Put lists and objects into one attribute as JSON, or set OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT.',
  },
  'rejected.too_large': {
    title: 'Item too large',
    meaning: 'One item is larger than what can be stored as one.',
    remedy: 'Send large bodies as references, or limit them: OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT.',
  },
  'rejected.undecodable': {
    title: 'Value that no column can hold',
    meaning: 'A number or time in it is outside of what can be stored. The other items of its request were kept.',
    remedy: 'Look at the fields that the instrumentation computes: durations, counts, times.',
  },
  'refused.undecodable': {
    title: 'Not OTLP',
    meaning: 'The body is not what its content type says. Nothing of the request was kept, and it is not sent again.',
    remedy:
      'Check that OTEL_EXPORTER_OTLP_PROTOCOL fits the port: http/protobuf or http/json here, grpc on 4317. Other formats (Zipkin, Jaeger) need a collector between.',
  },
  'refused.bad_compression': {
    title: 'Damaged compression',
    meaning: 'The body could not be decompressed.',
    remedy: 'A proxy that decompresses and leaves the Content-Encoding header does this. Else look at the sender.',
  },
  'refused.unauthenticated': {
    title: 'No valid key',
    meaning: 'The request had no API key, or one that is not known or may not send.',
    remedy:
      'Make one with recount key create --scope ingest, and set OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer rk_…".',
  },
  'refused.forbidden': {
    title: 'Turned away at the door',
    meaning: 'Host or Origin is not one that this Recount answers to. It protects from pages that speak to localhost.',
    remedy: 'Name the address with --host, or the page that may send with --cors-origin.',
  },
  'refused.unknown_path': {
    title: 'No such path',
    meaning: 'Something sends to an address that OTLP does not have.',
    remedy:
      'OTEL_EXPORTER_OTLP_ENDPOINT is the address without a path; with OTEL_EXPORTER_OTLP_TRACES_ENDPOINT the whole path must be given: /v1/traces.',
  },
  'refused.unsupported_signal': {
    title: 'Signal is not stored',
    meaning: 'This version does not store that signal. It was answered 404, so exporters drop it and say so.',
    remedy:
      'Switch its exporter off (OTEL_METRICS_EXPORTER=none), or send it elsewhere. Traces and logs are not touched.',
  },
  'refused.method_not_allowed': {
    title: 'Not a POST',
    meaning: 'OTLP is sent with POST. A browser or a health check asked with another method.',
    remedy: 'Point health checks at /healthz on the port of the API.',
  },
  'refused.too_large': {
    title: 'Request too large',
    meaning: 'More than 64 MiB, as sent or after decompression. Nothing of it was kept.',
    remedy: 'Smaller batches: OTEL_BSP_MAX_EXPORT_BATCH_SIZE, or send_batch_max_size of the OpenTelemetry Collector.',
  },
  'refused.unsupported_content_type': {
    title: 'Content type is not taken',
    meaning: 'Taken are application/x-protobuf and application/json.',
    remedy: 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.',
  },
  'refused.unsupported_content_encoding': {
    title: 'Compression is not taken',
    meaning: 'The examples say which was asked for, and which are taken.',
    remedy: 'Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip.',
  },
  'refused.unavailable': {
    title: 'No room now',
    meaning: 'The spool was full, or the disk was. Answered 503 with Retry-After.',
    remedy: `${AGAIN} If it lasts: is ClickHouse reachable, and is there room on the disk?`,
  },
  'refused.busy': {
    title: 'Too much at once',
    meaning: 'More request bytes were in memory than is allowed. Answered 503 with Retry-After.',
    remedy: AGAIN,
  },
  'refused.internal': {
    title: 'A fault of ours',
    meaning: 'Something that was not foreseen. Answered 503, so that nothing is lost.',
    remedy: 'The log of Recount says more. Please report it.',
  },
  'noted.invalid_utf8': {
    title: 'Text that is not UTF-8',
    meaning: 'Bytes of text were not UTF-8. They were kept as U+FFFD (a question mark in a diamond).',
    remedy: 'Send binary data as bytes, not as text, and cut texts at characters, not at bytes.',
  },
}
