import { Anomaly, AnomalyQuery, BudgetList, BudgetState, Forecast, ForecastQuery } from './budgets.ts'
import { CostFileQuery, CostPerOutcomeQuery, CostQuery, SavingsQuery } from './cost-queries.ts'
import { CostPerOutcomeReport, CostReport, Manifest, Savings, SharedCosts, SharedCostsSetting } from './costs.ts'
import { type Endpoint, list } from './endpoint.ts'
import { PATHS } from './paths.ts'
import { RECONCILIATION_CONTRACT } from './reconciliation-contract.ts'

/** Routes of everything about money; part of CONTRACT (contract.ts). */
export const COST_CONTRACT = {
  ...RECONCILIATION_CONTRACT,
  costs: {
    method: 'get',
    path: PATHS.costs,
    summary: 'Costs by up to four dimensions and time; their lines always add up to the total',
    query: CostQuery,
    response: CostReport,
    exports: true,
  },
  costsManifest: {
    method: 'get',
    path: PATHS.costsManifest,
    summary:
      'What a file of /api/costs with the same parameters holds: rows, sum, hash. Give as_of, from and to as the file answered them',
    query: CostFileQuery,
    response: Manifest,
    ofFile: true,
  },
  costForecast: {
    method: 'get',
    path: PATHS.costForecast,
    summary: 'What the day, week or month under way will have cost: run rate by weekday, with P10 and P90',
    query: ForecastQuery,
    response: Forecast,
  },
  costAnomalies: {
    method: 'get',
    path: PATHS.costAnomalies,
    summary:
      'Hours that cost unlike the same hour of the same weekday before, newest first, and who made the difference',
    query: AnomalyQuery,
    response: list(Anomaly),
  },
  budgets: {
    method: 'get',
    path: PATHS.budgets,
    summary: 'Budgets and how they stand in the period under way',
    response: list(BudgetState),
  },
  putBudgets: {
    method: 'put',
    path: PATHS.putBudgets,
    summary: 'Replaces all budgets of the project (scope admin)',
    scope: 'admin',
    body: BudgetList,
    response: list(BudgetState),
  },
  savings: {
    method: 'get',
    path: PATHS.savings,
    summary: 'What caching saved, and what failed calls, retries, loops and failed runs cost',
    query: SavingsQuery,
    response: Savings,
  },
  costsPerOutcome: {
    method: 'get',
    path: PATHS.costsPerOutcome,
    summary: 'What a success costs, failed and retried runs included, with its interval, coverage and waste',
    query: CostPerOutcomeQuery,
    response: CostPerOutcomeReport,
  },
  sharedCosts: {
    method: 'get',
    path: PATHS.sharedCosts,
    summary: 'Costs that belong to no run, and how they are split',
    response: SharedCostsSetting,
  },
  putSharedCosts: {
    method: 'put',
    path: PATHS.putSharedCosts,
    scope: 'admin',
    summary: 'Puts all shared costs anew; the version before stays, for as_of and the audit log',
    body: SharedCosts,
    response: SharedCostsSetting,
  },
} as const satisfies Record<string, Endpoint>
