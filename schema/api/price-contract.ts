import { z } from 'zod'
import { CostFilters, CostMoment, dimensions } from './cost-queries.ts'
import { type Endpoint, list, many, Paging } from './endpoint.ts'
import { PATHS } from './paths.ts'
import {
  CostExplanation,
  PriceImport,
  PriceSettings,
  Prices,
  RepriceJob,
  RepriceRequest,
  Unpriced,
  WhatIf,
} from './prices.ts'

/** LiteLLM's file has 3 MB and grows. */
const PRICE_FILE = { bytesMax: 16 * 1024 ** 2, types: ['application/json'] } as const

/** Routes of prices: where they come from, what has none, and history at new ones; part of CONTRACT (contract.ts). */
export const PRICE_CONTRACT = {
  unpriced: {
    method: 'get',
    path: PATHS.unpriced,
    summary: 'What no price is known for, the most tokens first, with the reason and models of a like name',
    query: z.object({ ...CostFilters.shape, ...CostMoment.shape, ...Paging.shape }),
    response: list(Unpriced),
  },
  whatIf: {
    method: 'get',
    path: PATHS.whatIf,
    summary: 'The same tokens on another model, at the prices of today',
    query: z.object({
      ...CostFilters.shape,
      ...CostMoment.shape,
      toModel: z.string().min(1).max(200).describe('the model that would have been asked'),
      toProvider: z.string().min(1).max(100).describe('its canonical id: openai, anthropic, aws.bedrock, …'),
      by: dimensions(2).optional(),
    }),
    response: WhatIf,
  },
  spanCost: {
    method: 'get',
    path: PATHS.spanCost,
    summary: 'How the cost of a span came about, line by line; of one that only repeats others, which one holds it',
    params: z.object({ traceId: z.string(), spanId: z.string() }),
    response: CostExplanation,
  },
  prices: {
    method: 'get',
    path: PATHS.prices,
    summary: "The project's own prices and fees, and the built-in book that is under them",
    response: Prices,
  },
  putPrices: {
    method: 'put',
    path: PATHS.prices,
    summary: "Sets the project's own prices and fees; runs that are tallied from now on are counted with them",
    scope: 'admin',
    body: PriceSettings,
    response: Prices,
  },
  importPrices: {
    method: 'post',
    path: PATHS.importPrices,
    summary: "LiteLLM's model_prices_and_context_window.json as overrides: what it says beyond the built-in book",
    scope: 'admin',
    file: PRICE_FILE,
    query: z.object({
      provider: many.optional().describe('only prices of these providers'),
      model: many.optional().describe('only these models: names, or patterns with *'),
      apply: z.enum(['true', 'false']).default('false').describe('false: only says what it would be'),
    }),
    response: PriceImport,
  },
  reprice: {
    method: 'post',
    path: PATHS.reprice,
    summary: 'Prices a period of history anew, each change an entry of the ledger; answers at once, the job goes on',
    scope: 'admin',
    body: RepriceRequest,
    response: RepriceJob,
  },
  repriceJob: {
    method: 'get',
    path: PATHS.reprice,
    summary: 'How far the last of these jobs is',
    response: RepriceJob,
  },
} as const satisfies Record<string, Endpoint>
