import { performance } from 'node:perf_hooks'
import { decodeJson } from '../schema/otlp/decode-json.ts'
import { decodeProtobuf } from '../schema/otlp/decode-protobuf.ts'
import { encodeJson } from '../schema/otlp/encode-json.ts'
import { encodeTraces } from '../schema/otlp/encode-protobuf.ts'
import type { AnyValue, KeyValue, ResourceSpans, WireSpan } from '../schema/otlp/wire.ts'

/**
 * Spans per CPU-second of the OTLP decoders alone: `node --import ./bin/typescript.mjs bench/decode.bench.ts [seconds]`.
 * A body is what an SDK's batch processor sends: 512 spans of agents' runs, half of them model calls with messages.
 * Figures are of warm code, the median and the best of rounds of a quarter second.
 */
const SPANS_PER_BODY = 512
const BODIES = 8
const ROUND_MS = 250

const seconds = Number(process.argv[2] ?? 4)
const requests = Array.from({ length: BODIES }, (_, i) => [resourceSpans(i)])
const protobuf = requests.map(encodeTraces)
const json = requests.map((request) => new TextEncoder().encode(encodeJson({ resourceSpans: request })))

report('protobuf', protobuf, (body) => decodeProtobuf('traces', body))
report('json', json, (body) => decodeJson('traces', body))

function report(name: string, bodies: readonly Uint8Array[], decode: (body: Uint8Array) => unknown): void {
  const rates: number[] = []
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length
  const stop = performance.now() + seconds * 1000
  while (performance.now() < stop) rates.push(round(bodies, decode))
  rates.sort((a, b) => a - b)
  const median = rates[rates.length >> 1] ?? 0
  const best = rates.at(-1) ?? 0
  const megabytes = (median * bytes) / SPANS_PER_BODY / 1e6
  console.log(
    `${name}: ${Math.round(median).toLocaleString('en')} spans/CPU-s median, ${Math.round(best).toLocaleString('en')} best,` +
      ` ${megabytes.toFixed(0)} MB/s, ${Math.round(bytes / SPANS_PER_BODY)} bytes per span`,
  )
}

/** Spans per second of CPU, garbage collection included, so that a busy machine shows the same. */
function round(bodies: readonly Uint8Array[], decode: (body: Uint8Array) => unknown): number {
  const start = process.cpuUsage()
  let spans = 0
  let elapsedMs = 0
  while (elapsedMs < ROUND_MS) {
    for (const body of bodies) decode(body)
    spans += bodies.length * SPANS_PER_BODY
    const { user, system } = process.cpuUsage(start)
    elapsedMs = (user + system) / 1000
  }
  return (spans / elapsedMs) * 1000
}

function resourceSpans(seed: number): ResourceSpans {
  const spans: WireSpan[] = []
  for (let i = 0; i < SPANS_PER_BODY; i++) spans.push(i % 2 === 0 ? modelSpan(seed, i) : toolSpan(seed, i))
  return {
    resource: {
      attributes: attributes({
        'service.name': 'support-agent',
        'service.version': '1.4.2',
        'deployment.environment.name': 'production',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.version': '2.9.0',
        team: 'support',
      }),
    },
    scopeSpans: [{ scope: { name: '@example/instrumentation', version: '0.1.0', attributes: [] }, spans }],
  }
}

function modelSpan(seed: number, i: number): WireSpan {
  const question = `Customer ${seed * 1000 + i} asks whether the refund for order #${i * 7919} was sent, and when it will arrive.`
  return span(seed, i, 'chat gpt-4.1-mini', {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4.1-mini',
    'gen_ai.response.model': 'gpt-4.1-mini-2025-04-14',
    'gen_ai.response.id': `chatcmpl-${seed}-${i * 104729}`,
    'gen_ai.response.finish_reasons': { array: ['stop'] },
    'gen_ai.conversation.id': `conversation-${seed}-${i >> 4}`,
    'gen_ai.request.temperature': 0.2,
    'gen_ai.usage.input_tokens': 1200 + i,
    'gen_ai.usage.output_tokens': 150 + (i % 70),
    'server.address': 'api.openai.com',
    'server.port': 443,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: `Yes – ${question}` }], finish_reason: 'stop' },
    ]),
  })
}

function toolSpan(seed: number, i: number): WireSpan {
  return span(seed, i, 'execute_tool lookup_order', {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'lookup_order',
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': `call_${seed}_${i * 15485863}`,
    'gen_ai.tool.call.arguments': JSON.stringify({ order_id: i * 7919, include_items: true }),
    'gen_ai.tool.call.result': JSON.stringify({ status: 'shipped', items: [{ sku: `SKU-${i}`, quantity: 2 }] }),
    'retry.count': 0,
    cached: false,
  })
}

function span(seed: number, i: number, name: string, values: Readonly<Record<string, AnyValue>>): WireSpan {
  const start = 1_760_000_000_000_000_000n + BigInt(i) * 7_000_013n
  return {
    traceId: hex(seed * 64 + (i >> 4), 32),
    spanId: hex(seed * 100_000 + i, 16),
    parentSpanId: i % 16 === 0 ? '' : hex(seed * 100_000 + i - (i % 16), 16),
    traceState: '',
    flags: 257,
    name,
    kind: i % 2 === 0 ? 3 : 1,
    startTimeUnixNano: start,
    endTimeUnixNano: start + 812_345_678n,
    attributes: attributes(values),
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    events: [],
    links: [],
    status: { code: i % 50 === 0 ? 2 : 0, message: i % 50 === 0 ? 'rate limited' : '' },
  }
}

function attributes(values: Readonly<Record<string, AnyValue>>): readonly KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }))
}

/** Hex digits that look random and are the same each run. */
function hex(n: number, digits: number): string {
  let state = BigInt(n) + 0x9e3779b97f4a7c15n
  let text = ''
  while (text.length < digits) {
    state = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n + 1n)
    text += state.toString(16).padStart(16, '0')
  }
  return text.slice(0, digits)
}
