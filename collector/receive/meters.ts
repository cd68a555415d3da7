import type { MetricsRegistry } from '../../schema/metrics/registry.ts'

/** What the receivers count; made once per program and shared by every receiver. `signal` is traces, logs, metrics or unknown. */
export const receiveMeters = (registry: MetricsRegistry) => ({
  requests: registry.counter('recount_received_requests_total', 'OTLP requests whose headers arrived', ['signal']),
  bytes: registry.counter('recount_received_bytes_total', 'Bytes of OTLP request bodies, after decompression', [
    'signal',
  ]),
  wireBytes: registry.counter('recount_received_wire_bytes_total', 'Bytes of OTLP request bodies, as sent', ['signal']),
  refused: registry.counter('recount_refused_requests_total', 'OTLP requests answered with an error', [
    'signal',
    'reason',
  ]),
  aborted: registry.counter('recount_aborted_requests_total', 'OTLP requests whose client went away', ['signal']),
  duplicates: registry.counter(
    'recount_duplicate_requests_total',
    'OTLP requests that had been acknowledged before and were not stored again',
    ['signal'],
  ),
  received: registry.counter('recount_received_items_total', 'Spans, log records and data points that were judged', [
    'signal',
  ]),
  acknowledged: registry.counter(
    'recount_acknowledged_items_total',
    'Spans, log records and data points that are on disk',
    ['signal'],
  ),
  rejected: registry.counter('recount_rejected_items_total', 'Spans, log records and data points refused for good', [
    'signal',
    'reason',
  ]),
  inFlightBytes: registry.gauge('recount_receive_in_flight_bytes', 'Bytes of OTLP requests held in memory'),
  seconds: registry.histogram('recount_receive_seconds', 'From the headers of an OTLP request to its answer', [
    'signal',
  ]),
})

export type ReceiveMeters = ReturnType<typeof receiveMeters>
