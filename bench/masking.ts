import { FINDINGS } from '../collector/mask/findings.ts'
import { maskDecoded, mayContain } from '../collector/mask/mask-decoded.ts'
import { compilePolicy, type MaskingPolicy } from '../collector/mask/policy.ts'
import { encodeBatch } from '../collector/normalise/encode-batch.ts'
import { decodeProtobuf } from '../schema/otlp/decode-protobuf.ts'
import { encodeTraces } from '../schema/otlp/encode-protobuf.ts'
import type { ResourceSpans } from '../schema/otlp/wire.ts'
import { requestOf, SPANS_PER_REQUEST } from './workload.ts'

/** CPU time of one measurement; each is made in every round, and the median of the rounds behind the first counts: what runs first pays for the compiler. */
const MEASURE_MS = 1_500
const ROUNDS = 6
/** The workload's own time (`workload.ts`), so that nothing is refused as too old or too new. */
const RECEIVED_AT_MS = 1_000_000_060_000

/**
 * What masking costs, in one thread, over the whole road from bytes to rows: off; on over text in which nothing is found; on where every tenth span holds an
 * address and a card. Beside it the parts alone: the look at a request's bytes, and the walk over its decoded objects.
 */
export const benchMasking = async (): Promise<object> => {
  const policy = everything()
  const clean = bodiesOf((seed) => requestOf(seed))
  const found = bodiesOf((seed) => withFindings(requestOf(seed)))
  const rows = (policyOn: MaskingPolicy | undefined) => (body: Uint8Array) =>
    void encodeBatch(
      { projectId: 1, signal: 'traces', encoding: 'protobuf', body, receivedAtMs: RECEIVED_AT_MS },
      { receivedOrder: 1n, retentionDays: 0 },
      policyOn,
    )
  const decoded = clean.map((body) => decodeProtobuf('traces', body))
  const spansPerCpuSecond = inTurns({
    off: () => spansPerSecond(clean, rows(undefined)),
    on: () => spansPerSecond(clean, rows(policy)),
    onWithFindings: () => spansPerSecond(found, rows(policy)),
    lookAtBytes: () => spansPerSecond(clean, (body) => void mayContain(body, policy)),
    walkOverDecoded: () => spansPerSecond(decoded, (request) => void maskDecoded(request, policy)),
  })
  return {
    spansPerCpuSecond,
    cpuMicrosecondsPerSpan: round(1e6 / spansPerCpuSecond.on - 1e6 / spansPerCpuSecond.off),
    requestsLetThroughByBytes: `${clean.filter((body) => mayContain(body, policy)).length}/${clean.length}`,
    bytesPerSpan: Math.round(clean.reduce((sum, body) => sum + body.length, 0) / clean.length / SPANS_PER_REQUEST),
  }
}

const everything = (): MaskingPolicy =>
  compilePolicy(
    {
      actions: Object.fromEntries(FINDINGS.map((finding) => [finding, 'replace'])) as never,
      custom: [],
      phoneCountries: ['US'],
      sessionIds: false,
    },
    1,
    'bench',
  )!

const SEEDS = [1, 2, 3, 4]
const bodiesOf = (make: (seed: number) => readonly ResourceSpans[]): Uint8Array[] =>
  SEEDS.map((seed) => encodeTraces(make(seed)))

const withFindings = (request: readonly ResourceSpans[]): readonly ResourceSpans[] =>
  request.map((group) => ({
    ...group,
    scopeSpans: group.scopeSpans.map((scoped) => ({
      ...scoped,
      spans: scoped.spans.map((span, i) =>
        i % 10 === 0
          ? {
              ...span,
              attributes: span.attributes.map((pair) =>
                typeof pair.value === 'string' && pair.value.startsWith('[{')
                  ? {
                      ...pair,
                      value: pair.value.replace('"content":"', '"content":"alice@example.com 4111 1111 1111 1111 '),
                    }
                  : pair,
              ),
            }
          : span,
      ),
    })),
  }))

/** Every measurement in every round; the medians of the rounds. */
const inTurns = <Name extends string>(measures: Readonly<Record<Name, () => number>>): Record<Name, number> => {
  const names = Object.keys(measures) as Name[]
  const rounds = Array.from({ length: ROUNDS }, () => names.map((name) => measures[name]()))
  const median = (i: number): number =>
    rounds
      .slice(1)
      .map((round) => round[i]!)
      .sort((a, b) => a - b)[(ROUNDS - 1) >> 1]!
  return Object.fromEntries(names.map((name, i) => [name, median(i)])) as Record<Name, number>
}

/** Spans per second of CPU, so that a busy machine shows the same. */
const spansPerSecond = <T>(requests: readonly T[], work: (request: T) => void): number => {
  const start = process.cpuUsage()
  let spans = 0
  for (;;) {
    for (const request of requests) work(request)
    spans += requests.length * SPANS_PER_REQUEST
    const { user, system } = process.cpuUsage(start)
    if ((user + system) / 1000 >= MEASURE_MS) return Math.round((spans / (user + system)) * 1e6)
  }
}

const round = (value: number): number => Math.round(value * 100) / 100
