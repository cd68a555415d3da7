import type { Savings } from '../../../schema/api/costs.ts'
import { PriceSettings } from '../../../schema/api/prices.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { DIMENSIONS } from '../../../schema/model/dimension.ts'
import { type ProjectPriceBook, priceBookOf } from '../../../schema/prices/project-price-book.ts'
import { readSetting } from '../../../schema/settings/settings.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { fill, sqlFile } from '../sql-file.ts'
import { type CacheRow, cacheSavings } from './cache-savings.ts'
import { type CostQuestion, callsOfQuestion, periodSql } from './cost-question.ts'
import { LOOPING_CALL, RETRIED, WASTE } from './waste.ts'

const CACHE = sqlFile('costs/savings-cache')
const WASTED = sqlFile('costs/savings-waste')

interface WasteRow {
  readonly [key: `key_${number}`]: string
  readonly is_total: number
  readonly failed_calls_usd: string
  readonly retried_calls_usd: string
  readonly loops_usd: string
  readonly failed_runs_usd: string
  readonly blocked_runs_usd: string
  readonly wasted_usd: string
}

/** What caching saved and what failing cost, of the calls of the question: by their start, like every cost. It has at least one dimension. */
export const savings = async (database: Database, question: CostQuestion): Promise<Savings> => {
  const names = question.by.map((_, i) => `key_${i}` as const)
  const keys = names.map((name) => `${name},`).join(' ')
  const callKeys = question.by.map((name, i) => `${DIMENSIONS[name].sql} AS ${names[i]},`).join('\n        ')
  const calls = callsOfQuestion(question)
  const [cacheRows, wasteRows, book] = await Promise.all([
    database.query<CacheRow>(
      fill(CACHE, { keys, callKeys, calls: calls.sql, day: periodSql('day', 'call.start_time') }),
      calls.params,
    ),
    database.query<WasteRow>(
      fill(WASTED, {
        keys,
        callKeys,
        calls: calls.sql,
        isTotal: `grouping(${names[0]}) = 1`,
        waste: WASTE,
        retried: RETRIED,
        looping: LOOPING_CALL,
        groups: `GROUPING SETS ((${names.join(', ')}), ())`,
      }),
      calls.params,
    ),
    bookOf(database, question.projectId),
  ])
  const { cache, byKey } = cacheSavings(cacheRows, names, book)
  const wasted = new Map(
    wasteRows.filter((row) => row.is_total === 0).map((row) => [JSON.stringify(names.map((name) => row[name])), row]),
  )
  const total = wasteRows.find((row) => row.is_total === 1)
  const items = [...new Set([...byKey.keys(), ...wasted.keys()])].map((text) => {
    const values = JSON.parse(text) as string[]
    return {
      key: Object.fromEntries(question.by.map((name, i) => [name, values[i] || null])),
      savedUsd: usdOf(byKey.get(text)?.savedNanoUsd ?? 0n),
      wasteUsd: usdOf(nanoUsdOf(wasted.get(text)?.wasted_usd ?? '0')),
      cacheHitShare: byKey.get(text)?.hitShare ?? null,
    }
  })
  return {
    cache,
    waste: {
      failedCallsUsd: usdOf(nanoUsdOf(total?.failed_calls_usd ?? '0')),
      retriedCallsUsd: usdOf(nanoUsdOf(total?.retried_calls_usd ?? '0')),
      loopsUsd: usdOf(nanoUsdOf(total?.loops_usd ?? '0')),
      failedRunsUsd: usdOf(nanoUsdOf(total?.failed_runs_usd ?? '0')),
      blockedRunsUsd: usdOf(nanoUsdOf(total?.blocked_runs_usd ?? '0')),
    },
    items: items.sort(byWorth),
  }
}

type Item = Savings['items'][number]
/** What matters most first. */
const byWorth = (a: Item, b: Item): number => {
  const worth = (item: Item) => nanoUsdOf(item.wasteUsd) + nanoUsdOf(item.savedUsd)
  const [x, y] = [worth(a), worth(b)]
  return x < y ? 1 : x > y ? -1 : JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1
}

const bookOf = async (database: Database, projectId: number): Promise<ProjectPriceBook> =>
  priceBookOf(PriceSettings.parse((await readSetting(database, projectId, 'prices'))?.body ?? {}))
