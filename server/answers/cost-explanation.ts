import type { CostExplanation, CostLine } from '../../schema/api/prices.ts'
import { componentOf, REVIEW_KIND } from '../../schema/model/component.ts'
import { CALL_COST_STATUSES } from '../../schema/model/run.ts'
import type { UsageBucket } from '../../schema/model/usage.ts'
import type { PricedCall } from '../../schema/prices/price-book.ts'
import type { PriceLine } from '../../schema/prices/price-list.ts'
import type { Explanation, ProjectPriceBook } from '../../schema/prices/project-price-book.ts'
import { perMillionIn } from '../../schema/prices/rate.ts'
import { nanoUsdOf, usdOf } from './money.ts'
import { bucketsOfRow, type UsageRow } from './usage.ts'

/** A counted call with all that its cost came from (queries/costs/span-cost-calls.sql). */
export interface CostCallRow extends UsageRow {
  readonly run_id: string
  readonly tallied_ms: string
  readonly span_id: string
  readonly trace_id: string
  readonly kind: string
  readonly start_nanos: string
  readonly duration_nanos: string
  readonly provider: string
  readonly model: string
  readonly request_model: string
  readonly tool: string
  readonly service_tier: string
  readonly cost_usd: string
  readonly reported_usd: string
  readonly computed_usd: string
  readonly cost_status: number
  readonly price_ref: string
}

/** `book`: the one by which the call was priced; undefined where none is known that gives this cost. */
export const explainCall = (
  call: CostCallRow,
  now: ProjectPriceBook,
  book: ProjectPriceBook | undefined,
): CostExplanation => {
  const costStatus = CALL_COST_STATUSES[call.cost_status] ?? 'unpriced'
  const reported = nanoUsdOf(call.reported_usd)
  const model = modelPart(call, book ?? now)
  const isKnown = costStatus !== 'unpriced'
  return {
    traceId: call.trace_id,
    spanId: call.span_id,
    runId: call.run_id,
    counted: true,
    countedAs: call.span_id,
    component: componentOf(call.kind),
    costUsd: isKnown ? call.cost_usd : null,
    costStatus,
    reportedUsd: reported === 0n ? null : call.reported_usd,
    computedUsd: call.price_ref === '' ? null : call.computed_usd,
    wins: now.wins,
    priceRef: call.price_ref === '' ? null : call.price_ref,
    price: model?.entry ? { book: (book ?? now).version, ...model.entry } : null,
    lines: linesOf(call, book, model),
    why: why(call, { costStatus, now, book, model }),
    talliedAt: new Date(Number(call.tallied_ms)).toISOString(),
  }
}

/** Whether a book gives the computed cost that the ledger holds. */
export const says = (book: ProjectPriceBook, call: CostCallRow): boolean => {
  const fee = feeOf(call, book)
  const model = modelPart(call, book)
  if (model === undefined && fee === undefined) return call.price_ref === ''
  if (model && model.nanoUsd === undefined) return call.price_ref === ''
  return (model?.nanoUsd ?? 0n) + (fee ?? 0n) === nanoUsdOf(call.computed_usd)
}

/** What was used of a model; undefined where the call used none. */
const modelPart = (call: CostCallRow, book: ProjectPriceBook): Explanation | undefined => {
  const usage = bucketsOfRow(call)
  if (Object.values(usage).every((tokens) => tokens === 0)) return undefined
  const asked: PricedCall = {
    provider: call.provider,
    model: call.model,
    serviceTier: call.service_tier,
    startNanos: BigInt(call.start_nanos),
    usage,
  }
  const answered = book.explain(asked)
  // A served model may be an alias that no book lists, while the one that was asked for is listed.
  return answered.nanoUsd === undefined && call.request_model !== ''
    ? book.explain({ ...asked, model: call.request_model })
    : answered
}

/** Nano-dollars of what is no model: a tool's fee, minutes of people; undefined where there is none. */
const feeOf = (call: CostCallRow, book: ProjectPriceBook): bigint | undefined => {
  if (call.kind === 'tool') return book.toolFee(call.tool, BigInt(call.start_nanos))?.nanoUsd
  const nanos = BigInt(call.duration_nanos)
  if (!isPeople(call) || nanos === 0n || book.reviewNanoUsdPerMinute === 0n) return undefined
  return (nanos * book.reviewNanoUsdPerMinute + 30_000_000_000n) / 60_000_000_000n
}

const isPeople = ({ kind }: CostCallRow): boolean => kind === REVIEW_KIND || kind.startsWith('charge.')

const linesOf = (call: CostCallRow, book: ProjectPriceBook | undefined, model: Explanation | undefined): CostLine[] => {
  const reported = nanoUsdOf(call.reported_usd)
  const lines: CostLine[] = book && model ? model.lines.map((line) => tokenLine(line, model)) : []
  const fee = book && feeOf(call, book)
  if (call.kind === 'tool' && (fee !== undefined || (reported > 0n && model === undefined))) {
    const cost = usdOf(fee ?? reported)
    const label = fee === undefined ? `Fee of ${call.tool}, as reported` : `Fee of ${call.tool}`
    lines.push({ bucket: null, label, quantity: 1, unit: 'calls', unitPrice: cost, cost })
  }
  if (isPeople(call) && call.duration_nanos !== '0')
    lines.push({
      bucket: null,
      label: 'Time of people',
      quantity: Number(call.duration_nanos) / 60e9,
      unit: 'minutes',
      unitPrice: book && book.reviewNanoUsdPerMinute > 0n ? usdOf(book.reviewNanoUsdPerMinute) : null,
      cost: fee === undefined ? null : usdOf(fee),
    })
  else if (isPeople(call))
    lines.push({
      bucket: null,
      label: `Posted later: ${componentOf(call.kind)}`,
      quantity: 1,
      unit: 'charges',
      unitPrice: call.cost_usd,
      cost: call.cost_usd,
    })
  return lines
}

const LABELS: Readonly<Record<UsageBucket, string>> = {
  inputUncached: 'Input',
  cacheRead: 'Cached input',
  cacheWrite5m: 'Cache write, 5 minutes',
  cacheWrite1h: 'Cache write, 1 hour',
  inputAudio: 'Input sound',
  inputImage: 'Input images',
  outputText: 'Output',
  reasoning: 'Reasoning',
  outputAudio: 'Output sound',
  outputImage: 'Output images',
}

const tokenLine = (line: PriceLine, { entry }: Explanation): CostLine => {
  const cost = line.nanoUsd === undefined ? null : usdOf(line.nanoUsd)
  if (line.bucket === null)
    return { bucket: null, label: 'The request itself', quantity: 1, unit: 'calls', unitPrice: cost, cost }
  const notes = [
    line.of !== undefined && line.of !== line.bucket ? `at the price of ${LABELS[line.of].toLowerCase()}` : '',
    entry?.origin === 'override' && line.from === 'built-in' ? 'from the built-in book' : '',
  ].filter((note) => note !== '')
  return {
    bucket: line.bucket,
    label: notes.length === 0 ? LABELS[line.bucket] : `${LABELS[line.bucket]} (${notes.join(', ')})`,
    quantity: line.tokens,
    unit: 'tokens',
    unitPrice: line.rate === undefined ? null : perMillionIn(line.rate, entry?.usdPerUnit ?? '1'),
    cost,
  }
}

const why = (
  call: CostCallRow,
  told: {
    readonly costStatus: CostExplanation['costStatus']
    readonly now: ProjectPriceBook
    readonly book: ProjectPriceBook | undefined
    readonly model: Explanation | undefined
  },
): string => {
  const { costStatus, now, book, model } = told
  switch (costStatus) {
    case 'free':
      return call.kind === 'tool' || call.kind === 'retrieval'
        ? 'Nobody named a fee for this tool, so its calls cost nothing.'
        : 'It used no tokens that anybody told of: it failed, or its tokens stand in the roll-up that counts.'
    case 'unpriced':
      if (isPeople(call)) return 'No rate is set for the time of people: the minutes count, their cost is not known.'
      if (!model)
        return 'Telemetry does not say how many tokens this call used, so its cost is not known; that is not $0.'
      return model.nanoUsd === undefined
        ? `No price: ${model.detail}. Its cost is not known; that is not $0.`
        : 'It had no price when it was counted. One is known by now: re-price the period to apply it.'
    case 'reported':
      if (isPeople(call)) return 'The amount that was posted.'
      return call.price_ref === ''
        ? 'The emitter said what it cost, and the book has no price for it.'
        : `The emitter said what it cost, and what is reported counts in this project; the book says $${call.computed_usd}.`
    case 'computed': {
      const over =
        call.reported_usd === '0' ? '' : ` The emitter said $${call.reported_usd}; in this project the book counts.`
      if (!book)
        return `Computed when it was counted, from prices that this program no longer has (${call.price_ref}).${over}`
      const changed =
        book === now || says(now, call) ? '' : ' Prices have changed since; re-price the period to apply them.'
      return `Tokens, fees and minutes times the prices of their time.${changed}${over}`
    }
  }
}

/** The counted spans that tell of what a span only repeats, and how that is known. */
export interface Holders {
  readonly how: 'answer' | 'tool call' | 'below' | 'above' | 'none'
  readonly spanIds: readonly string[]
}

/** A span whose cost is another's, or none. */
export const notCounted = (
  span: {
    readonly traceId: string
    readonly spanId: string
    readonly runId: string
    readonly wins: CostExplanation['wins']
    readonly talliedMs: string | undefined
  },
  hasUsage: boolean,
  { how, spanIds }: Holders,
): CostExplanation => ({
  traceId: span.traceId,
  spanId: span.spanId,
  runId: span.runId,
  counted: false,
  countedAs: spanIds.length === 1 ? spanIds[0]! : null,
  component: null,
  costUsd: null,
  costStatus: 'free',
  reportedUsd: null,
  computedUsd: null,
  wins: span.wins,
  priceRef: null,
  price: null,
  lines: [],
  why: whyNotCounted(hasUsage, how, spanIds),
  talliedAt: new Date(Number(span.talliedMs ?? 0)).toISOString(),
})

const whyNotCounted = (hasUsage: boolean, how: Holders['how'], spanIds: readonly string[]): string => {
  const named = spanIds.slice(0, 5).join(', ') + (spanIds.length > 5 ? ', …' : '')
  switch (how) {
    case 'answer':
      return `It tells of the same answer as span ${named}, which counts.`
    case 'tool call':
      return `It tells of the same call of a tool as span ${named}, which counts.`
    case 'below':
      return hasUsage
        ? `Its tokens are those of what is below it: ${spanIds.length === 1 ? 'span' : `${spanIds.length} spans,`} ${named}. They count there, once.`
        : `Nothing of it costs by itself; what is below it does: ${spanIds.length === 1 ? 'span' : `${spanIds.length} spans,`} ${named}.`
    case 'above':
      return `It is part of the call that span ${named} stands for, which counts.`
    case 'none':
      return hasUsage
        ? 'Another record of the run tells of the same tokens and counts for it.'
        : 'It is no call of a model or a tool, so nothing of it costs.'
  }
}
