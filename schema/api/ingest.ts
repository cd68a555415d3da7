import { z } from 'zod'
import { INGEST_PROTOCOLS, INGEST_SIGNALS } from '../model/ingest.ts'
import { isoTime } from './shapes.ts'

/**
 * What came in and what became of it (`GET /api/ingest`), from whom (`/api/ingest/sources`) and what of it no rule reads
 * (`/api/ingest/attributes`). Requests that came without a known key belong to no project and are shown to each.
 */
const count = z.int().nonnegative()
const signal = z.enum(INGEST_SIGNALS)
const protocol = z.enum(INGEST_PROTOCOLS)

export const IngestTotals = z.object({
  signal,
  protocol,
  requests: count.describe('answered with success, repetitions left out'),
  received: count.describe('spans, log records or data points that were judged: acknowledged + rejected'),
  acknowledged: count,
  rejected: count,
  refusedRequests: count.describe('answered with an error; how much was in them is not known'),
  duplicateRequests: count.describe('acknowledged before, and not stored again'),
  bytes: count.describe('of acknowledged bodies, after decompression'),
})
export type IngestTotals = z.infer<typeof IngestTotals>

export const IngestReason = z.object({
  kind: z
    .enum(['rejected', 'refused', 'noted'])
    .describe(
      'rejected: items of a request that was otherwise kept; refused: whole requests; noted: kept, but not as it was sent',
    ),
  reason: z.string(),
  signals: z.array(signal),
  protocols: z.array(protocol),
  requests: count,
  items: count.describe('0 for refused requests'),
  firstSeen: isoTime,
  lastSeen: isoTime,
  series: z.array(count).describe('items, or requests that were refused, in the steps of the report'),
  samples: z
    .array(z.object({ time: isoTime, signal, protocol, text: z.string() }))
    .describe('the last different ones; cut short and masked: text of a sender'),
})
export type IngestReason = z.infer<typeof IngestReason>

/** The largest that any collector wrote. Null: none wrote any in that time. */
const gauges = {
  spoolBytes: count.nullable(),
  lagMs: count.nullable(),
  loadLagMs: count.nullable(),
  tallyLagMs: count.nullable(),
  quarantinedSegments: count.nullable(),
}

export const IngestReport = z.object({
  from: isoTime,
  to: isoTime,
  stepMs: z.number(),
  totals: z.array(IngestTotals),
  series: z.array(
    z.object({
      time: isoTime,
      traces: count.describe('acknowledged spans'),
      logs: count.describe('acknowledged log records'),
      metrics: count.describe('acknowledged data points'),
      rejected: count,
      refusedRequests: count,
      spoolBytes: count.nullable(),
      lagMs: count.nullable(),
    }),
  ),
  reasons: z.array(IngestReason),
  state: z.object({ time: isoTime.nullable(), ...gauges }).describe('as last written, at most some seconds ago'),
})
export type IngestReport = z.infer<typeof IngestReport>

const source = {
  spans: count,
  logs: count,
  firstSeen: isoTime,
  lastSeen: isoTime.describe('when it was received'),
}

export const IngestSources = z.object({
  services: z.array(
    z.object({
      service: z.string(),
      ...source,
      droppedAttributes: count.describe('what its SDK says it dropped by itself'),
      droppedEvents: count,
      droppedLinks: count,
    }),
  ),
  scopes: z.array(
    z.object({
      scope: z.string(),
      version: z.string(),
      dialect: z.string().describe("whose words its spans speak; '' where none was recognised"),
      services: z.array(z.string()).describe('at most 5'),
      ...source,
    }),
  ),
})
export type IngestSources = z.infer<typeof IngestSources>

export const IngestAttributes = z.object({
  spansRead: count.describe('the newest of the range, at most'),
  items: z.array(
    z.object({
      key: z.string().describe('numbers inside it as *'),
      spans: count,
      services: z.array(z.string()).describe('at most 5'),
      scopes: z.array(z.string()).describe('at most 5'),
      recognised: z.boolean().describe('its name shows the dialect, but no rule reads it'),
      traceId: z.string().describe('a span that has it'),
      spanId: z.string(),
    }),
  ),
})
export type IngestAttributes = z.infer<typeof IngestAttributes>
