import { encodeJson } from '../schema/otlp/encode-json.ts'
import { encodeTraces } from '../schema/otlp/encode-protobuf.ts'
import type { KeyValue, ResourceSpans, WireSpan } from '../schema/otlp/wire.ts'
import { seededRandom } from '../test/support/seeded-random.ts'

/**
 * Agent spans of about 1 KB, 512 a request, traces of 32: a root `invoke_agent`, `chat` spans with message JSON and usage, `execute_tool` spans with
 * arguments and result. Templates are encoded once; before every send ids and times are patched in place, so that making load costs little.
 */
export const SPANS_PER_TRACE = 32
export const TRACES_PER_REQUEST = 16
export const SPANS_PER_REQUEST = SPANS_PER_TRACE * TRACES_PER_REQUEST

const WORDS =
  'the customer asked for a refund of order because item arrived damaged I will look up policy before proceeding approval amount shipped delivered invoice account please confirm address agent checks stock price carrier window escalate manager credit note'.split(
    ' ',
  )

const text = (random: () => number, words: number): string =>
  Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')

const attribute = (key: string, value: string | number): KeyValue => ({ key, value })
const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'claude-sonnet-4-5', 'gemini-2.5-pro']
const PROVIDERS = ['openai', 'openai', 'anthropic', 'gcp.gemini']
const TOOLS = ['lookup_order', 'search_policy', 'issue_refund', 'get_customer', 'create_ticket']
const BASE_NANOS = 1_000_000_000_000_000_000n

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

const traceOf = (trace: number, random: () => number): WireSpan[] => {
  const traceId = hex(trace + 1, 32)
  const conversation = `conv-${hex(trace + 1, 12)}`
  const spanId = (i: number): string => hex((trace + 1) * 1000 + i, 16)
  const span = (i: number, name: string, attributes: KeyValue[], failed = false): WireSpan => ({
    traceId,
    spanId: spanId(i),
    parentSpanId: i === 0 ? '' : spanId(0),
    traceState: '',
    flags: 1,
    name,
    kind: i % 2 === 1 ? 3 : 1,
    startTimeUnixNano: BASE_NANOS + BigInt(i) * 1_000_000_000n,
    endTimeUnixNano: BASE_NANOS + BigInt(i === 0 ? SPANS_PER_TRACE + 1 : i + 1) * 1_000_000_000n - 1_000_000n,
    attributes,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    events: [],
    links: [],
    status: { code: failed ? 2 : 0, message: failed ? 'tool returned an error' : '' },
  })
  const spans = [
    span(0, 'invoke_agent refund-agent', [
      attribute('gen_ai.operation.name', 'invoke_agent'),
      attribute('gen_ai.agent.name', `agent-${trace % 5}`),
      attribute('gen_ai.agent.version', 'v14'),
      attribute('gen_ai.conversation.id', conversation),
      attribute('user.id', `user-${trace % 40}`),
      attribute('team', 'support'),
      attribute('customer.id', `customer-${trace % 9}`),
      attribute(
        'gen_ai.input.messages',
        JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text(random, 40) }] }]),
      ),
    ]),
  ]
  for (let i = 1; i < SPANS_PER_TRACE; i++) {
    const which = Math.floor(random() * MODELS.length)
    const model = MODELS[which]!
    const tool = TOOLS[Math.floor(random() * TOOLS.length)]!
    spans.push(
      i % 2 === 1
        ? span(i, `chat ${model}`, [
            attribute('gen_ai.operation.name', 'chat'),
            attribute('gen_ai.provider.name', PROVIDERS[which]!),
            attribute('gen_ai.request.model', model),
            attribute('gen_ai.response.model', model),
            attribute('gen_ai.response.id', `resp-${hex(trace + 1, 12)}-${i}`),
            attribute('gen_ai.conversation.id', conversation),
            attribute('gen_ai.usage.input_tokens', 1000 + Math.floor(random() * 4000)),
            attribute('gen_ai.usage.output_tokens', 50 + Math.floor(random() * 400)),
            attribute('gen_ai.usage.cache_read.input_tokens', Math.floor(random() * 900)),
            attribute('gen_ai.request.temperature', 0.2),
            attribute(
              'gen_ai.input.messages',
              JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text(random, 45) }] }]),
            ),
            attribute(
              'gen_ai.output.messages',
              JSON.stringify([
                { role: 'assistant', parts: [{ type: 'text', content: text(random, 20) }], finish_reason: 'stop' },
              ]),
            ),
          ])
        : span(
            i,
            `execute_tool ${tool}`,
            [
              attribute('gen_ai.operation.name', 'execute_tool'),
              attribute('gen_ai.tool.name', tool),
              attribute('gen_ai.tool.call.id', `call-${hex(trace + 1, 12)}-${i}`),
              attribute('gen_ai.conversation.id', conversation),
              attribute(
                'gen_ai.tool.call.arguments',
                JSON.stringify({ order_id: `A-${1000 + i}`, reason: text(random, 12) }),
              ),
              attribute('gen_ai.tool.call.result', JSON.stringify({ status: 'delivered', note: text(random, 50) })),
            ],
            random() < 0.03,
          ),
    )
  }
  return spans
}

const RESOURCE: readonly KeyValue[] = [
  attribute('service.name', 'support-agent'),
  attribute('service.version', '1.2.3'),
  attribute('deployment.environment.name', 'production'),
  attribute('telemetry.sdk.language', 'nodejs'),
  attribute('telemetry.sdk.name', 'opentelemetry'),
  attribute('telemetry.sdk.version', '2.9.0'),
  attribute('host.name', 'pod-abc'),
  attribute('k8s.namespace.name', 'agents'),
]

export const requestOf = (seed: number): readonly ResourceSpans[] => {
  const random = seededRandom(seed)
  const spans = Array.from({ length: TRACES_PER_REQUEST }, (_, trace) => traceOf(trace, random)).flat()
  return [
    {
      resource: { attributes: RESOURCE },
      scopeSpans: [{ scope: { name: 'bench', version: '1', attributes: [] }, spans }],
    },
  ]
}

/** One encoded request whose ids and times can be changed in place. */
export interface Template {
  readonly bytes: Uint8Array
  /** Makes it request number `n`, its last span ending about now. Returns the 16 trace ids. */
  readonly become: (n: number, nowMs: number) => string[]
}

export const templateOf = (seed: number, encoding: 'protobuf' | 'json' = 'protobuf'): Template => {
  const isJson = encoding === 'json'
  const request = requestOf(seed)
  const bytes = Buffer.from(isJson ? encodeJson({ resourceSpans: request }) : encodeTraces(request))
  const traces = Array.from({ length: TRACES_PER_REQUEST }, (_, trace) => ({
    ids: offsetsOf(
      bytes,
      Buffer.from(isJson ? `"${hex(trace + 1, 32)}"` : hex(trace + 1, 32), isJson ? 'latin1' : 'hex'),
    ),
    names: offsetsOf(bytes, Buffer.from(`-${hex(trace + 1, 12)}`)).map((at) => at + 1),
  }))
  const times = isJson ? jsonTimesOf(bytes) : timesOf(bytes)
  return {
    bytes,
    become: (n, nowMs) => {
      const shift = BigInt(nowMs - (SPANS_PER_TRACE + 2) * 1000) * 1_000_000n
      for (const { at, value } of times)
        if (isJson) bytes.write(String(value - BASE_NANOS + shift), at, 'latin1')
        else bytes.writeBigUInt64LE(value - BASE_NANOS + shift, at)
      return traces.map(({ ids, names }, trace) => {
        const number = n * TRACES_PER_REQUEST + trace + 1
        const id = `${hex(number, 12)}${hex(Math.imul(number, 0x9e3779b1) >>> 0, 8)}${hex(seed, 12)}`
        for (const at of ids) bytes.write(id, isJson ? at + 1 : at, isJson ? 'latin1' : 'hex')
        for (const at of names) bytes.write(hex(number, 12), at, 'latin1')
        return id
      })
    },
  }
}

const offsetsOf = (bytes: Buffer, pattern: Buffer): number[] => {
  const found: number[] = []
  for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) found.push(at)
  return found
}

/** start_time_unix_nano (field 7) and end_time_unix_nano (field 8) are fixed64: tags 0x39 and 0x41 before a value near the base. */
const timesOf = (bytes: Buffer): { at: number; value: bigint }[] => {
  const found: { at: number; value: bigint }[] = []
  for (let i = 0; i + 9 <= bytes.length; i++) {
    if (bytes[i] !== 0x39 && bytes[i] !== 0x41) continue
    const value = bytes.readBigUInt64LE(i + 1)
    if (value >= BASE_NANOS && value < BASE_NANOS + 3_600_000_000_000n) found.push({ at: i + 1, value })
  }
  return found
}

/** Times are decimal strings of 19 digits, the base's as those of today. */
const jsonTimesOf = (bytes: Buffer): { at: number; value: bigint }[] =>
  [...bytes.toString('latin1').matchAll(/"(10000000\d{11})"/g)].map((found) => ({
    at: found.index + 1,
    value: BigInt(found[1]!),
  }))
