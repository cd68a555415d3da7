import type { Table } from './tables.ts'

/** One frozen row of a closed month (migrations/0026_closed_costs.sql). */
export interface ClosedCostRow {
  readonly projectId: number
  readonly month: string
  readonly version: bigint
  readonly line: number
  readonly day: string
  readonly provider: string
  readonly model: string
  readonly component: string
  readonly team: string
  readonly costCenter: string
  readonly agent: string
  readonly agentVersion: string
  readonly workflow: string
  readonly customer: string
  readonly env: string
  readonly calls: bigint
  readonly inputTokens: bigint
  readonly outputTokens: bigint
  readonly costNanoUsd: bigint
}

const LC = 'LowCardinality(String)'
export const CLOSED_COSTS: Table<ClosedCostRow> = {
  name: 'closed_costs',
  columns: [
    { name: 'project_id', type: 'UInt32', value: (c) => c.projectId },
    { name: 'month', type: LC, value: (c) => c.month },
    { name: 'version', type: 'UInt64', value: (c) => c.version },
    { name: 'line', type: 'UInt32', value: (c) => c.line },
    { name: 'day', type: LC, value: (c) => c.day },
    { name: 'provider', type: LC, value: (c) => c.provider },
    { name: 'model', type: LC, value: (c) => c.model },
    { name: 'component', type: LC, value: (c) => c.component },
    { name: 'team', type: LC, value: (c) => c.team },
    { name: 'cost_center', type: LC, value: (c) => c.costCenter },
    { name: 'agent', type: LC, value: (c) => c.agent },
    { name: 'agent_version', type: LC, value: (c) => c.agentVersion },
    { name: 'workflow', type: LC, value: (c) => c.workflow },
    { name: 'customer', type: LC, value: (c) => c.customer },
    { name: 'env', type: LC, value: (c) => c.env },
    { name: 'calls', type: 'Int64', value: (c) => c.calls },
    { name: 'input_tokens', type: 'Int64', value: (c) => c.inputTokens },
    { name: 'output_tokens', type: 'Int64', value: (c) => c.outputTokens },
    { name: 'cost', type: 'Decimal64(9)', value: (c) => c.costNanoUsd },
  ],
}
