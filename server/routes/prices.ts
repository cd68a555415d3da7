import { PRICE_OVERRIDES_MAX, type PriceSettings, type Prices } from '../../schema/api/prices.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { LISTED_PROVIDERS, libraryModelsOf } from '../../schema/prices/library-entry.ts'
import { LITELLM_SOURCE, pricesOfLitellm } from '../../schema/prices/litellm.ts'
import { matchesPattern } from '../../schema/prices/pattern.ts'
import { type StoredPriceBooks, storedPriceBooks } from '../../schema/prices/stored-price-books.ts'
import { writeSetting } from '../../schema/settings/settings.ts'
import { badRequest, HttpProblem, notFound } from '../problem.ts'
import { explainSpanCost } from '../queries/costs/explain-span-cost.ts'
import { unpricedPage } from '../queries/costs/unpriced.ts'
import { whatIf } from '../queries/costs/what-if.ts'
import { boundedRange } from '../queries/time-range.ts'
import type { Handlers, ServerDeps } from '../server-deps.ts'

export const priceRoutes = {
  prices: async ({ deps, projectId }) => answerOf(await booksOf(deps), projectId),
  putPrices: async ({ deps, projectId, body, actor }) => {
    const books = await booksOf(deps)
    await store(deps.database, books, { projectId, actor, action: 'prices.put', settings: body })
    return answerOf(books, projectId)
  },
  importPrices: async ({ deps, projectId, query, file, actor, nowMs }) => {
    const { overrides: given, skipped } = pricesOfLitellm(parsedFile(file), nowMs)
    const isWanted = ({ provider, model }: { readonly provider: string; readonly model: string }): boolean =>
      (!query.provider || query.provider.includes(provider)) &&
      (!query.model || query.model.some((pattern) => matchesPattern(pattern, model)))
    const overrides = given.filter(isWanted)
    const books = await booksOf(deps)
    const applied = query.apply === 'true' && overrides.length > 0
    if (applied) {
      const { settings } = books.pricesOf(projectId)
      // What an earlier import brought is replaced; what somebody wrote himself stays, and comes last: of two that say the same the last counts.
      const own = settings.overrides.filter(({ source }) => !source.startsWith(LITELLM_SOURCE))
      if (overrides.length + own.length > PRICE_OVERRIDES_MAX)
        throw badRequest(
          `The file gives ${overrides.length} prices beyond the built-in book; a project may hold ${PRICE_OVERRIDES_MAX}. Take those of some providers (provider=…) or models (model=gpt-*).`,
        )
      await store(deps.database, books, {
        projectId,
        actor,
        action: 'prices.import',
        settings: { ...settings, overrides: [...overrides, ...own] },
        detail: { imported: overrides.length },
      })
    }
    return {
      overrides: overrides.length,
      skipped: skipped.reduce((sum, { count }) => sum + count, 0) + given.length - overrides.length,
      reasons:
        given.length === overrides.length
          ? [...skipped]
          : [...skipped, { reason: 'not asked for', count: given.length - overrides.length, examples: [] }],
      items: overrides.slice(0, ITEMS_SHOWN),
      applied,
      version: books.pricesOf(projectId).stored?.version ?? null,
    }
  },
  reprice: async ({ deps, projectId, body, actor, nowMs }) => {
    const range = boundedRange(body, nowMs)
    if (!body.dryRun && body.reason.trim() === '')
      throw badRequest('reason: say why history is priced anew; it stands in the audit log. Or try it with dryRun.')
    const job = jobsOf(deps).start(projectId, { ...range, dryRun: body.dryRun, reason: body.reason, actor })
    if (!job) throw new HttpProblem(409, 'Another re-pricing runs. GET /api/prices/reprice says how far it is.')
    return job
  },
  repriceJob: async ({ deps, projectId }) => jobsOf(deps).job(projectId),
  unpriced: async ({ database, deps, projectId, query, nowMs }) =>
    unpricedPage(database, (await booksOf(deps)).of(projectId), projectId, query, nowMs),
  whatIf: async ({ database, deps, projectId, query, nowMs }) =>
    whatIf(database, (await booksOf(deps)).of(projectId), projectId, query, nowMs),
  spanCost: async ({ database, deps, projectId, params }) => {
    const explained = await explainSpanCost(database, await booksOf(deps), projectId, params)
    if (explained) return explained
    throw notFound(
      `No span ${params.spanId.slice(0, 40)} of trace ${params.traceId.slice(0, 40)} is known and tallied.`,
    )
  },
} satisfies Partial<Handlers>

const ITEMS_SHOWN = 50

/** Where no collector counts in this process, what another one changed is looked up each time. */
const booksOf = async ({ prices, database }: ServerDeps): Promise<StoredPriceBooks> => {
  if (prices) return prices
  const books = storedPriceBooks(database)
  await books.refresh()
  return books
}

const answerOf = (books: StoredPriceBooks, projectId: number): Prices => {
  const { settings, stored, book } = books.pricesOf(projectId)
  const [name = '', version = ''] = book.version.split('@')
  return {
    book: { name, version, models: MODELS },
    settings,
    version: stored?.version ?? null,
    changedAt: stored?.changedAt ?? null,
    actor: stored?.actor ?? null,
  }
}

/** Of the providers whose lists are asked. */
const MODELS = new Set(
  LISTED_PROVIDERS.flatMap(([ours, library]) => libraryModelsOf(ours).map(({ id }) => `${library}/${id}`)),
).size

const store = async (
  database: Database,
  books: StoredPriceBooks,
  change: {
    readonly projectId: number
    readonly actor: string
    readonly action: string
    readonly settings: PriceSettings
    readonly detail?: Readonly<Record<string, unknown>>
  },
): Promise<void> => {
  const { projectId, actor, action, settings, detail = {} } = change
  const before = books.pricesOf(projectId).stored
  await writeSetting(database, {
    projectId,
    kind: 'prices',
    body: settings,
    actor,
    action,
    detail: {
      ...detail,
      before: before?.version ?? null,
      overrides: settings.overrides.length,
      toolFees: settings.toolFees.length,
      reviewUsdPerMinute: settings.reviewUsdPerMinute,
      wins: settings.wins,
    },
  })
  await books.refresh()
}

const parsedFile = (file: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(file))
  } catch (error) {
    throw badRequest(`the file is not JSON: ${(error as Error).message}`)
  }
}

const jobsOf = ({ reprice }: ServerDeps): NonNullable<ServerDeps['reprice']> => {
  if (reprice) return reprice
  throw new HttpProblem(
    409,
    'This process only answers questions. Ask one that takes telemetry as well (recount serve), on the same store.',
  )
}
