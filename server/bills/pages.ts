import { z } from 'zod'
import { attoOf } from './amount.ts'
import { BILL_LINES_MAX, BillError, type BillLine, type ReadLine, WORD_CHARS_MAX } from './bill.ts'
import { dayOfBucket } from './days.ts'
import type { JsonDocument } from './json-documents.ts'
import { classOfTokenType, lineItemOf } from './line-items.ts'

/**
 * Pages of the two cost APIs: OpenAI `GET /v1/organization/costs` (dollars as a number, days as seconds) and Anthropic
 * `GET /v1/organizations/cost_report` (cents as decimal text, days as RFC 3339). Both have daily buckets of results, grouped as they were asked.
 */
export interface PageFormat {
  readonly name: 'openai' | 'anthropic'
  readonly provider: string
  readonly isBucket: (bucket: Bucket) => boolean
  readonly day: (bucket: Bucket) => string | undefined
  /** What one result says, but for its day. @throws RangeError, ZodError */
  readonly read: (result: unknown) => Omit<BillLine, 'day' | 'provider'>
}

const Bucket = z.looseObject({
  start_time: z.union([z.number(), z.string()]).optional(),
  end_time: z.union([z.number(), z.string()]).nullish(),
  starting_at: z.string().optional(),
  ending_at: z.string().nullish(),
  results: z.array(z.unknown()),
})
type Bucket = z.infer<typeof Bucket>
const Page = z.looseObject({ data: z.array(z.unknown()), has_more: z.boolean().nullish() })

const word = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').slice(0, WORD_CHARS_MAX))

const OpenAiResult = z.object({
  amount: z.object({ value: z.union([z.number(), z.string()]), currency: z.string().default('usd') }),
  line_item: word,
  project_id: word,
})
const AnthropicResult = z.object({
  amount: z.union([z.string(), z.number()]),
  currency: z.string().default('USD'),
  workspace_id: word,
  description: word,
  cost_type: word,
  model: word,
  service_tier: word,
  token_type: word,
})

export const OPENAI_PAGES: PageFormat = {
  name: 'openai',
  provider: 'openai',
  isBucket: (bucket) => bucket.start_time !== undefined,
  day: (bucket) => (bucket.start_time === undefined ? undefined : dayOfBucket(bucket.start_time, bucket.end_time)),
  read: (result) => {
    const { amount, line_item, project_id } = OpenAiResult.parse(result)
    const found = lineItemOf(line_item)
    return {
      ...found,
      account: project_id,
      item: found.model === '' ? line_item : '',
      atto: amountOf(amount.value, 0),
      currency: amount.currency.toUpperCase(),
    }
  },
}

export const ANTHROPIC_PAGES: PageFormat = {
  name: 'anthropic',
  provider: 'anthropic',
  isBucket: (bucket) => bucket.starting_at !== undefined,
  day: (bucket) => (bucket.starting_at === undefined ? undefined : dayOfBucket(bucket.starting_at, bucket.ending_at)),
  read: (result) => {
    const given = AnthropicResult.parse(result)
    const found = lineItemOf(given.description)
    const model = given.model || found.model
    return {
      account: given.workspace_id,
      model,
      tier: given.service_tier === 'standard' ? '' : given.service_tier || found.tier,
      lineClass: given.token_type === '' ? found.lineClass : classOfTokenType(given.token_type),
      item: model === '' ? given.description || given.cost_type : '',
      // "Cost amount in lowest currency units (e.g. cents) as a decimal string."
      atto: amountOf(given.amount, -2),
      currency: given.currency.toUpperCase(),
    }
  },
}

export const PAGE_FORMATS: readonly PageFormat[] = [OPENAI_PAGES, ANTHROPIC_PAGES]

const amountOf = (given: string | number, shift: number): bigint => {
  const atto = attoOf(given, shift)
  if (atto === undefined) throw new RangeError(`${JSON.stringify(given)?.slice(0, 40)} is no amount`)
  return atto
}

/** A list of pages is pages. */
export const pagesOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

export const formatOfPage = (value: unknown): PageFormat | undefined => {
  const page = Page.safeParse(pagesOf(value)[0])
  const bucket = Bucket.safeParse(page.data?.data[0])
  return page.success && bucket.success ? PAGE_FORMATS.find(({ isBucket }) => isBucket(bucket.data)) : undefined
}

/**
 * Every result of every page. Pages that are there twice would bill a day twice, and a last page that is not the last would bill half a month: both are
 * refused. @throws BillError
 */
export function* readPages(
  format: PageFormat,
  documents: Iterable<JsonDocument>,
  partial: boolean,
): Generator<ReadLine> {
  const pageOfDay = new Map<string, number>()
  let [pages, results, hasMore] = [0, 0, false]
  for (const { value, line } of documents)
    for (const given of pagesOf(value)) {
      const page = Page.safeParse(given)
      if (!page.success) throw new BillError(`Line ${line} begins no page of ${format.name}: it has no list "data".`)
      pages++
      hasMore = page.data.has_more === true
      for (const [i, entry] of page.data.data.entries()) {
        const place = `page ${pages}, bucket ${i + 1}`
        const bucket = Bucket.safeParse(entry)
        const day = bucket.success ? format.day(bucket.data) : undefined
        if (!bucket.success || day === undefined) {
          yield { bad: { line: place, reason: 'not a bucket of one UTC day: ask with bucket_width=1d' } }
          continue
        }
        yield { empty: { day, provider: format.provider } }
        for (const [j, result] of bucket.data.results.entries()) {
          if (++results > BILL_LINES_MAX) throw new BillError(`The bill has more than ${BILL_LINES_MAX} results.`)
          const read = lineOf(format, day, result, `${place}, result ${j + 1}`)
          if ('line' in read) {
            const key = `${day}\0${read.line.account}`
            if ((pageOfDay.get(key) ?? pages) !== pages)
              throw new BillError(
                `${day} of account ${read.line.account || '(none)'} is in page ${pageOfDay.get(key)} and again in page ${pages}: the same costs would count twice.`,
              )
            pageOfDay.set(key, pages)
          }
          yield read
        }
      }
    }
  if (hasMore && !partial)
    throw new BillError(
      'The last page says has_more: pages are missing, and a bill must not be half. Fetch the rest (page=next_page) into the same file, or send partial=true.',
    )
}

const lineOf = (format: PageFormat, day: string, result: unknown, place: string): ReadLine => {
  try {
    return { line: { ...format.read(result), day, provider: format.provider } }
  } catch (error) {
    if (error instanceof RangeError) return { bad: { line: place, reason: error.message } }
    if (!(error instanceof z.ZodError)) throw error
    const [issue] = error.issues
    return {
      bad: { line: place, reason: `${issue?.path.join('.') || 'result'}: ${issue?.message ?? 'not understood'}` },
    }
  }
}
