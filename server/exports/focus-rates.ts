import { PriceSettings } from '../../schema/api/prices.ts'
import type { Database, QueryParams } from '../../schema/clickhouse/database.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import type { PriceList } from '../../schema/prices/price-list.ts'
import { priceBookOf } from '../../schema/prices/project-price-book.ts'
import { readSetting } from '../../schema/settings/settings.ts'
import { nanos } from '../queries/filter.ts'
import { sqlFile } from '../queries/sql-file.ts'

interface PricedModel {
  readonly provider: string
  readonly model: string
  readonly tier: string
  readonly days_ms: readonly number[]
}

export interface Moment {
  readonly fromMs: number
  readonly toMs: number
  readonly asOfMs: number
}

/**
 * The project's price book for everything that the range's calls were of, as parameters of focus.sql: one entry per model, tier, first day of a price,
 * and step of the context. A day has the prices of its beginning.
 */
export const ratesOf = async (
  database: Database,
  projectId: number,
  { fromMs, toMs, asOfMs }: Moment,
): Promise<QueryParams> => {
  const [models, setting] = await Promise.all([
    database.query<PricedModel>(MODELS, {
      project: projectId,
      asOf: String(asOfMs),
      from: nanos(fromMs),
      to: nanos(toMs),
    }),
    readSetting<unknown>(database, projectId, 'prices', '', asOfMs),
  ])
  const book = priceBookOf(PriceSettings.parse(setting?.body ?? {}))
  const entries = models.flatMap(({ provider, model, tier, days_ms }) => {
    let before: PriceList | undefined
    return days_ms
      .toSorted((a, b) => a - b)
      .flatMap((dayMs) => {
        const list = book.list({
          provider,
          model,
          serviceTier: tier,
          usage: emptyUsage(),
          startNanos: BigInt(dayMs) * 1_000_000n,
        })
        if (list === before) return []
        before = list
        // A model that leaves the book has no rates from then on.
        const steps = list?.steps ?? [{ above: -1, buckets: [] }]
        return steps.map(({ above, buckets }) => ({
          provider,
          model,
          tier,
          dayMs,
          above,
          rates: buckets.map((price) => price?.rate ?? -1),
        }))
      })
  })
  return {
    bookProvider: entries.map(({ provider }) => provider),
    bookModel: entries.map(({ model }) => model),
    bookTier: entries.map(({ tier }) => tier),
    bookFrom: entries.map(({ dayMs }) => dayMs),
    bookAbove: entries.map(({ above }) => above),
    bookRates: entries.map(({ rates }) => rates),
  }
}

const MODELS = sqlFile('exports/priced-models')
