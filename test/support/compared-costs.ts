import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type RecordingFormat, recordingToTraces } from '../../cli/import/recording.ts'
import type { RecordedTrace } from '../../cli/import/run-to-trace.ts'
import { groupBy } from '../../collector/tally/group-by.ts'
import { PriceSettings } from '../../schema/api/prices.ts'
import type { Call } from '../../schema/model/run.ts'
import { emptyUsage, inputTotal } from '../../schema/model/usage.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { genaiPriceBook, type ProjectPriceBook, priceBookOf } from '../../schema/prices/project-price-book.ts'
import { usdOf } from '../../server/answers/money.ts'
import { capturesOf, decodedBodies, rowsOf, scenariosOf, tally } from './captures.ts'

// docs/costs-compared.md: what emitters said that calls cost, against the price book, for every recording in which anybody said it.

export const TRAJECTORIES = resolve(import.meta.dirname, '../../../shared/trajectories')
export const hasTrajectories = existsSync(TRAJECTORIES)

/** Calls of one model in one recording. */
export interface Compared {
  readonly source: string
  readonly model: string
  readonly calls: readonly Call[]
}

const BOOK = genaiPriceBook()

export const comparedCosts = (): readonly Compared[] => [
  ...capturesOf(() => true).flatMap((capture) =>
    byModel(
      capture,
      scenariosOf(capture).flatMap(({ directory }) => callsOf(tally(rowsOf(decodedBodies(directory)), BOOK))),
    ),
  ),
  ...(['tau2', 'mini-swe-agent'] as const).flatMap((format) => {
    const folder = join(TRAJECTORIES, format === 'tau2' ? 'tau2-bench' : format)
    return readdirSync(folder)
      .filter((name) => name.endsWith('.gz'))
      .sort()
      .flatMap((name) => byModel(`${format}/${name}`, recordedCalls(format, join(folder, name))))
  }),
]

const callsOf = (runs: readonly { readonly calls: readonly Call[] }[]): readonly Call[] =>
  runs.flatMap(({ calls }) => calls)

/** Only what the emitter put a cost on at least once, or what has no cost at all beside one that has. */
const byModel = (source: string, calls: readonly Call[]): readonly Compared[] => {
  const used = calls.filter((call) => call.usageReported !== 0)
  if (!used.some((call) => call.costReportedNanoUsd > 0n)) return []
  return [...groupBy(used, (call) => `${call.provider}/${call.model}`)].map(([model, of]) => ({
    source,
    model,
    calls: of,
  }))
}

const recordedCalls = (format: RecordingFormat, file: string): readonly Call[] => {
  const calls: Call[] = []
  for (const trace of recordingToTraces(format, readFileSync(file), file, { keepTime: true }))
    calls.push(...callsOf(tally(rowsOf([decodeJson('traces', asOtlp(trace))]), BOOK)))
  return calls
}

/** What a cost depends on; texts are left away. */
const KEPT = /^gen_ai\.(usage|operation|provider|request|response|agent)\b/

const asOtlp = ({ spans }: RecordedTrace): Uint8Array => {
  const attribute = ([key, value]: readonly [string, unknown]) => ({
    key,
    value:
      typeof value === 'number'
        ? Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value }
        : { stringValue: String(value) },
  })
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [attribute(['service.name', 'recording'])] },
          scopeSpans: [
            {
              scope: { name: 'recording' },
              spans: spans.map((span) => ({
                traceId: span.traceId,
                spanId: span.spanId,
                parentSpanId: span.parentSpanId ?? '',
                name: span.name,
                kind: 1,
                startTimeUnixNano: String(span.startNanos),
                endTimeUnixNano: String(span.endNanos),
                attributes: Object.entries(span.attributes)
                  .filter(([key]) => KEPT.test(key))
                  .map(attribute),
              })),
            },
          ],
        },
      ],
    }),
  )
}

interface Difference {
  readonly reported: bigint
  readonly computed: bigint
  /** Computed over reported, of the calls that have both. */
  readonly share: number
  readonly both: readonly Call[]
  readonly silent: number
  readonly unpriced: number
}

export const differenceOf = ({ calls }: Compared): Difference => {
  const both = calls.filter((call) => call.costReportedNanoUsd > 0n && call.priceRef !== '')
  const sum = (of: (call: Call) => bigint): bigint => both.reduce((total, call) => total + of(call), 0n)
  const [reported, computed] = [sum((call) => call.costReportedNanoUsd), sum((call) => call.costComputedNanoUsd)]
  return {
    reported,
    computed,
    share: reported === 0n ? 1 : Number(computed) / Number(reported),
    both,
    silent: calls.filter((call) => call.costReportedNanoUsd === 0n).length,
    unpriced: calls.filter((call) => call.priceRef === '').length,
  }
}

/** Above this a difference needs its reason. */
export const DIFFERENCE_MAX = 0.01

/** An explanation holds call by call, or it is none. */
interface Explanation {
  readonly text: string
  readonly holds: (call: Call) => boolean
}

const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(2, b * 1e-6)

/** OpenAI counts what it had cached in steps of 128 tokens (platform.openai.com/docs/guides/prompt-caching), at a quarter of the price. */
const CACHE_STEP = 128
/** How many input tokens must have been cached for the reported cost to be right at the book's prices. */
const impliedCache = (call: Call): number => {
  const rate = (bucket: 'inputUncached' | 'cacheRead'): number => {
    const usage = { ...emptyUsage(), [bucket]: 1_000_000 }
    return Number(BOOK.price({ ...call, usage })?.nanoUsd ?? 0n) / 1e6
  }
  return Number(call.costComputedNanoUsd - call.costReportedNanoUsd) / (rate('inputUncached') - rate('cacheRead'))
}

const isCacheOf =
  (step: number) =>
  (call: Call): boolean => {
    const cached = impliedCache(call)
    const steps = Math.round(cached / step)
    return steps >= 0 && Math.abs(cached - steps * step) < 0.01 && steps * step <= inputTotal(call.usage)
  }

const leftOutCache: Explanation = {
  text: `The recording's \`usage\` leaves out which input was cached, its cost does not: every call costs what it would with a multiple of ${CACHE_STEP} of its input tokens at the cached price. Recount counts what it is told, and names the bucket in \`usage.unreported\`.`,
  holds: isCacheOf(CACHE_STEP),
}

/** The model server of the captures has cached numbers of its own, which are no multiples of anything. */
const leftOutCacheOfServer: Explanation = {
  text: 'The same where the model server of the recording counted its own cached tokens: the cost was computed from the answer, the span leaves the cached part out, and every call costs what it would with a whole number of its input tokens at the cached price.',
  holds: isCacheOf(1),
}

const noCachePrice: Explanation = {
  text: 'The emitter prices cached input like any other: every call costs what it would without the discount that the provider gives. The computed cost is the right one; `wins: computed` chooses it.',
  holds: (call) => {
    const { inputUncached, cacheRead } = call.usage
    const usage = { ...call.usage, inputUncached: inputUncached + cacheRead, cacheRead: 0 }
    return isSame(Number(BOOK.price({ ...call, usage })?.nanoUsd ?? -1n), Number(call.costReportedNanoUsd))
  },
}

/** Prices that a recording may have been made with, where they are not those of the built-in book. */
const otherPrices = (text: string, override: object): Explanation => {
  const book: ProjectPriceBook = priceBookOf(PriceSettings.parse({ overrides: [override] }))
  return {
    text,
    holds: (call) => isSame(Number(book.price(call)?.nanoUsd ?? -1n), Number(call.costReportedNanoUsd)),
  }
}

export const EXPLANATIONS: readonly Explanation[] = [
  leftOutCache,
  leftOutCacheOfServer,
  noCachePrice,
  otherPrices(
    "The recording was priced with DeepSeek's list of its time (LiteLLM's price file: 0.28, cached 0.028, output 0.42 USD per million, at any hour), and that list gives every call to the nano-dollar. The built-in book still has the list of before 2025-09-29 (0.27, 0.07, 1.10 and 0.55, 0.14, 2.19; half or a quarter by night). A project's override is the remedy: see [prices.md](prices.md).",
    {
      provider: 'deepseek',
      model: 'deepseek-*',
      perMillionTokens: { inputUncached: '0.28', cacheRead: '0.028', outputText: '0.42' },
    },
  ),
]

/** undefined: a difference that nobody has explained. */
export const explanationOf = (compared: Compared): string | undefined => {
  const { both, share, unpriced, silent, reported } = differenceOf(compared)
  if (reported === 0n)
    return `Nobody said a cost of these calls (${silent} of ${compared.calls.length}; a reported 0 with usage is no report)${unpriced > 0 ? `, and the book has no price for ${unpriced} of them: they count as unpriced, not as $0` : '; the book prices them'}.`
  if (Math.abs(share - 1) <= DIFFERENCE_MAX) return ''
  return EXPLANATIONS.find(({ holds }) => both.every(holds))?.text
}

export const comparedPage = (rows: readonly Compared[]): string =>
  [
    '# Computed costs against reported ones',
    '',
    `Every recording in which an emitter says what a call cost, held against the price book (${BOOK.version}, no overrides), per model and call by call, at the price of`,
    'the day of the recording. This page is made by `RECOUNT_WRITE_DOCS=1 npx vitest run test/costs-compared.test.ts`, which fails where a difference above 1 % has no',
    'explanation that holds for every one of its calls.',
    '',
    '| recording | model | calls | with both | reported $ | computed $ | difference | |',
    '|---|---|---:|---:|---:|---:|---:|---|',
    ...rows.map((row) => {
      const { both, reported, computed, share } = differenceOf(row)
      const note = noteOf(explanationOf(row))
      return `| ${row.source} | ${row.model} | ${row.calls.length} | ${both.length} | ${usdOf(reported)} | ${usdOf(computed)} | ${reported === 0n ? '' : percent(share)} | ${note} |`
    }),
    '',
    '## Explanations',
    '',
    ...EXPLANATIONS.map(({ text }, i) => `${i + 1}. ${text}`),
    '',
  ].join('\n')

const noteOf = (text: string | undefined): string => {
  if (text === undefined) return '**not explained**'
  const known = EXPLANATIONS.findIndex((explanation) => explanation.text === text)
  return known >= 0 ? `[${known + 1}](#explanations)` : text
}

const percent = (share: number): string => `${share >= 1 ? '+' : '−'}${(Math.abs(share - 1) * 100).toFixed(2)} %`
