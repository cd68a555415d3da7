import { CostQuery } from './cost-queries.ts'
import { CostReport } from './costs.ts'
import type { Endpoint } from './endpoint.ts'
import { PATHS } from './paths.ts'

/** Routes of everything about money; part of CONTRACT (contract.ts). */
export const COST_CONTRACT = {
  costs: {
    method: 'get',
    path: PATHS.costs,
    summary: 'Costs by up to four dimensions and time; their lines always add up to the total',
    query: CostQuery,
    response: CostReport,
  },
} as const satisfies Record<string, Endpoint>
