import { PriceSettings } from '../../../schema/api/prices.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { type ProjectPriceBook, priceBookOf } from '../../../schema/prices/project-price-book.ts'
import type { StoredPrices } from '../../../schema/prices/stored-price-books.ts'
import { settingHistory } from '../../../schema/settings/settings.ts'
import { type CostCallRow, says } from '../../answers/cost-explanation.ts'

/** Settings that are tried at most, newest first: each means pricing one call. */
const VERSIONS_MAX = 200

/** The book by which a call was priced: that of now, or of an earlier version of the settings; undefined where none of them gives this cost. */
export const bookThatSaid = async (
  database: Database,
  projectId: number,
  now: StoredPrices,
  call: CostCallRow,
): Promise<ProjectPriceBook | undefined> => {
  if (says(now.book, call)) return now.book
  if (call.price_ref === '') return undefined
  const history = await settingHistory<unknown>(database, projectId, 'prices')
  for (const { body } of [...history.toReversed().slice(0, VERSIONS_MAX), { body: {} }]) {
    const settings = PriceSettings.safeParse(body ?? {})
    const book = settings.success ? priceBookOf(settings.data) : undefined
    if (book && says(book, call)) return book
  }
  return undefined
}
