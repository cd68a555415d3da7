import { componentSql } from './component.ts'

/**
 * By what money and calls can be told apart: the word in the API, the CLI and on the page, what people read, and the expression over a run `r` and its
 * call `call` (run_ledger, aliased as in server/queries/filter.ts). '' is what telemetry did not say; answers show it as null.
 */
export interface Dimension {
  readonly label: string
  readonly sql: string
}

export const DIMENSIONS = {
  team: { label: 'Team', sql: 'r.team' },
  costCenter: { label: 'Cost center', sql: 'r.cost_center' },
  agent: { label: 'Agent', sql: 'call.agent' },
  version: { label: 'Agent version', sql: 'call.agent_version' },
  workflow: { label: 'Workflow', sql: 'r.workflow' },
  model: { label: 'Model', sql: 'call.model' },
  provider: { label: 'Provider', sql: 'call.provider' },
  customer: { label: 'Customer', sql: 'r.customer' },
  env: { label: 'Environment', sql: 'r.env' },
  user: { label: 'User', sql: 'r.user_id' },
  tool: { label: 'Tool', sql: 'call.tool' },
  component: { label: 'Component', sql: componentSql('call.kind') },
  outcome: { label: 'Outcome', sql: 'r.outcome' },
  session: { label: 'Session', sql: "if(r.session_id = '', lower(hex(r.run_id)), r.session_id)" },
  run: { label: 'Run', sql: 'lower(hex(r.run_id))' },
} as const satisfies Record<string, Dimension>

export type DimensionName = keyof typeof DIMENSIONS
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as DimensionName[]
export const isDimension = (name: string): name is DimensionName => Object.hasOwn(DIMENSIONS, name)

/** In a filter of costs: what telemetry did not say, '' in the ledger and null in answers. */
export const NOT_SET = '(not set)'

/** What a closed month keeps apart, beside the day: enough to say whose an adjustment is; people and single runs are not in it, so that erasing them leaves no trace there. */
export const CLOSE_DIMENSIONS = [
  'provider',
  'model',
  'component',
  'team',
  'costCenter',
  'agent',
  'version',
  'workflow',
  'customer',
  'env',
] as const satisfies readonly DimensionName[]
