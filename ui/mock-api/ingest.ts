import type { IngestAttributes, IngestReport, IngestSources } from '../../schema/api/ingest.ts'

interface Period {
  readonly fromMs: number
  readonly toMs: number
}

const STEPS = 96

/** A day of traffic with a quiet night, a burst, an exporter that sends wrong ids and one that speaks a signal nobody takes. */
export const ingestOf = ({ fromMs, toMs }: Period): IngestReport => {
  const stepMs = Math.ceil((toMs - fromMs) / STEPS)
  const at = (step: number) => new Date(fromMs + step * stepMs).toISOString()
  const spans = Array.from({ length: STEPS }, (_, i) =>
    Math.round(900 + 800 * Math.sin((i / STEPS) * 2 * Math.PI) ** 2 + (i === 60 ? 4200 : 0)),
  )
  const rejected = spans.map((_, i) => (i > 40 && i < 52 ? 30 + i : 0))
  const refused = spans.map((_, i) => (i % 4 === 0 ? 2 : 0))
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    stepMs,
    totals: [
      {
        signal: 'traces',
        protocol: 'http/protobuf',
        requests: 2210,
        received: sum(spans) + sum(rejected),
        acknowledged: sum(spans),
        rejected: sum(rejected),
        refusedRequests: 0,
        duplicateRequests: 3,
        bytes: sum(spans) * 960,
      },
      {
        signal: 'metrics',
        protocol: 'http/protobuf',
        requests: 0,
        received: 0,
        acknowledged: 0,
        rejected: 0,
        refusedRequests: sum(refused),
        duplicateRequests: 0,
        bytes: 0,
      },
    ],
    series: spans.map((traces, i) => ({
      time: at(i),
      traces,
      logs: Math.round(traces / 9),
      metrics: 0,
      rejected: rejected[i]!,
      refusedRequests: refused[i]!,
      spoolBytes: i === 60 ? 9_400_000 : 81_920,
      lagMs: i === 60 ? 4_100 : 600,
    })),
    reasons: [
      {
        kind: 'rejected',
        reason: 'bad_trace_id',
        signals: ['traces'],
        protocols: ['http/protobuf'],
        requests: 11,
        items: sum(rejected),
        firstSeen: at(41),
        lastSeen: at(51),
        series: rejected,
        samples: [
          {
            time: at(51),
            signal: 'traces',
            protocol: 'http/protobuf',
            text: 'trace id "00000000000000000000000000000000" is not 16 bytes other than zero',
          },
        ],
      },
      {
        kind: 'refused',
        reason: 'unsupported_signal',
        signals: ['metrics'],
        protocols: ['http/protobuf'],
        requests: sum(refused),
        items: 0,
        firstSeen: at(0),
        lastSeen: at(92),
        series: refused,
        samples: [],
      },
      {
        kind: 'noted',
        reason: 'invalid_utf8',
        signals: ['traces'],
        protocols: ['http/protobuf'],
        requests: 4,
        items: 9,
        firstSeen: at(12),
        lastSeen: at(70),
        series: spans.map((_, i) => (i === 12 || i === 70 ? 4 : 0)),
        samples: [],
      },
    ],
    state: {
      time: new Date(toMs).toISOString(),
      spoolBytes: 81_920,
      lagMs: 800,
      loadLagMs: 420,
      tallyLagMs: 800,
      quarantinedSegments: 0,
    },
  }
}

export const sourcesOf = ({ fromMs, toMs }: Period): IngestSources => {
  const seen = { firstSeen: new Date(fromMs).toISOString(), lastSeen: new Date(toMs - 4_000).toISOString() }
  const dropped = { droppedAttributes: 0, droppedEvents: 0, droppedLinks: 0 }
  return {
    services: [
      { service: 'refund-agent', spans: 61_220, logs: 4_100, ...seen, ...dropped },
      { service: 'kb-assistant', spans: 40_104, logs: 0, ...seen, ...dropped, droppedEvents: 112 },
    ],
    scopes: [
      {
        scope: 'openinference.instrumentation.openai',
        version: '0.1.31',
        dialect: 'openinference',
        services: ['refund-agent'],
        spans: 61_220,
        logs: 0,
        ...seen,
      },
      { scope: 'in-house', version: '', dialect: '', services: ['kb-assistant'], spans: 40_104, logs: 0, ...seen },
    ],
  }
}

export const attributesOf = (traceId: string, spanId: string): IngestAttributes => ({
  spansRead: 100_000,
  items: [
    {
      key: 'shop.region',
      spans: 40_104,
      services: ['kb-assistant'],
      scopes: ['in-house'],
      recognised: false,
      traceId,
      spanId,
    },
    {
      key: 'openinference.cache.*.hit',
      spans: 812,
      services: ['refund-agent'],
      scopes: ['openinference.instrumentation.openai'],
      recognised: true,
      traceId,
      spanId,
    },
  ],
})
