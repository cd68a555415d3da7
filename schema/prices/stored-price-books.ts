import { PriceSettings } from '../api/prices.ts'
import type { Database } from '../clickhouse/database.ts'
import { readSetting } from '../settings/settings.ts'
import type { PriceBooks } from './price-book.ts'
import { type ProjectPriceBook, priceBookOf } from './project-price-book.ts'

/** Of a project: what it said itself, and where that stands. */
export interface StoredPrices {
  readonly settings: PriceSettings
  readonly book: ProjectPriceBook
  /** undefined: the project has said nothing of its own. */
  readonly stored: { readonly version: string; readonly changedAt: string; readonly actor: string } | undefined
}

export interface StoredPriceBooks extends PriceBooks {
  readonly of: (projectId: number) => ProjectPriceBook
  readonly pricesOf: (projectId: number) => StoredPrices
  /** Takes over what was changed since the last time, here or by another process. @throws DatabaseError */
  readonly refresh: () => Promise<void>
}

/**
 * The price book of every project, as its settings say; the built-in list is under all of them, and all there is of a project that has said nothing.
 */
export const storedPriceBooks = (database: Database): StoredPriceBooks => {
  const common: StoredPrices = { settings: NO_PRICES, book: priceBookOf(NO_PRICES), stored: undefined }
  const projects = new Map<number, StoredPrices>()
  const pricesOf = (projectId: number): StoredPrices => projects.get(projectId) ?? common
  const refresh = async (): Promise<void> => {
    for (const { project, version } of await database.query<{ project: number; version: string }>(VERSIONS)) {
      if (projects.get(project)?.stored?.version === version) continue
      const setting = await readSetting<unknown>(database, project, 'prices')
      // A document that was deleted, or that another version of the program wrote and this one cannot read.
      const settings = setting && PriceSettings.safeParse(setting.body)
      if (setting && settings?.success)
        projects.set(project, { settings: settings.data, book: priceBookOf(settings.data), stored: setting })
      else projects.delete(project)
    }
  }
  return { of: (projectId) => pricesOf(projectId).book, pricesOf, refresh }
}

const NO_PRICES = PriceSettings.parse({})

const VERSIONS = `SELECT s.project_id AS project, toString(max(s.version)) AS version
FROM settings AS s
WHERE s.kind = 'prices' AND s.name = ''
GROUP BY s.project_id`
