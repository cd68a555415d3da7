import type { CostItem, CostReport } from '../../schema/api/costs.ts'
import { COMPONENTS, type Component } from '../../schema/model/component.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { OUTCOMES } from '../../schema/model/kind.ts'
import { startOf } from '../costs/periods.ts'
import { sumUsd } from '../util/money.ts'
import { UNPRICED_MODELS } from './agents.ts'
import { addUsages, type MockSession, NO_USAGE } from './sessions.ts'

/** What the ledger would hold of the mock's sessions: a line for each component of each. */
export interface MockLine {
  readonly session: MockSession
  readonly timeMs: number
  readonly component: Component
  readonly keys: Readonly<Record<DimensionName, string | null>>
  readonly calls: number
  readonly unpriced: number
  readonly usd: string
}

const PROVIDERS: Readonly<Record<string, string>> = { gpt: 'openai', tex: 'openai', cla: 'anthropic', qwe: 'ollama' }
const WORKFLOWS: Readonly<Record<string, string>> = { support: 'help-desk', growth: 'outreach', finance: 'close' }

export const linesOf = (session: MockSession): readonly MockLine[] => {
  const model = session.models[0] ?? ''
  const unpriced = UNPRICED_MODELS.includes(model)
  const keys = (more: Partial<Record<DimensionName, string | null>>): MockLine['keys'] => ({
    team: session.team,
    costCenter: session.team === 'support' ? '4100' : session.team === 'growth' ? '4200' : null,
    agent: session.agent,
    version: session.agentVersion,
    workflow: WORKFLOWS[session.team] ?? null,
    model: null,
    provider: null,
    customer: session.customer,
    env: session.environment,
    user: session.user,
    tool: null,
    component: 'model',
    outcome: session.outcome,
    session: session.id,
    run: session.traceIds[0]!,
    ...more,
  })
  const line = (component: Component, usd: number, calls: number, more: Partial<MockLine['keys']> = {}): MockLine => ({
    session,
    timeMs: Date.parse(session.start),
    component,
    keys: keys({ component, ...more }),
    calls,
    unpriced: component === 'model' && unpriced ? calls : 0,
    usd: usd.toFixed(6),
  })
  const cost = Number(session.costUsd)
  const tool = session.tools[0]
  return [
    line('model', cost, session.modelCalls, { model, provider: PROVIDERS[model.slice(0, 3)] ?? null }),
    ...(tool ? [line('tools', cost * 0.06, session.toolCalls, { tool })] : []),
    ...(session.outcome === 'escalated' ? [line('review', 0.9, 1)] : []),
    ...(session.guardrailHits > 0 ? [line('evaluation', cost * 0.02, 1)] : []),
  ]
}

type Figures = CostReport['total']

export const figuresOf = (lines: readonly MockLine[]): Figures => {
  const of = (component: Component) => sumUsd(lines.filter((l) => l.component === component).map(({ usd }) => usd))
  const unpricedCalls = lines.reduce((sum, l) => sum + l.unpriced, 0)
  const priced = lines.some((l) => l.unpriced === 0)
  const models = lines.filter((l) => l.component === 'model')
  return {
    usage: { ...NO_USAGE, ...addUsages(models.map((l) => l.session.usage)) },
    calls: lines.reduce((sum, l) => sum + l.calls, 0),
    runs: new Set(lines.map((l) => l.keys.run)).size,
    costUsd: sumUsd(lines.map(({ usd }) => usd)),
    components: Object.fromEntries(COMPONENTS.map((name) => [name, of(name)])) as Figures['components'],
    allocatedUsd: '0',
    reportedUsd: '0',
    costStatus: unpricedCalls === 0 ? 'complete' : priced ? 'partial' : 'none',
    unpricedCalls,
  }
}

export const grouped = (
  lines: readonly MockLine[],
  by: readonly DimensionName[],
  interval: 'hour' | 'day' | 'week' | 'month' | null,
): readonly {
  readonly key: CostItem['key']
  readonly period: string | null
  readonly lines: readonly MockLine[]
}[] => {
  const groups = new Map<string, { key: CostItem['key']; period: string | null; lines: MockLine[] }>()
  for (const line of lines) {
    const key = Object.fromEntries(by.map((name) => [name, line.keys[name]]))
    const period = interval && new Date(startOf(interval, line.timeMs)).toISOString()
    const id = JSON.stringify([key, period])
    const group = groups.get(id) ?? { key, period, lines: [] }
    group.lines.push(line)
    groups.set(id, group)
  }
  return [...groups.values()]
}

export const outcomeCounts = (sessions: readonly MockSession[]) =>
  Object.fromEntries(OUTCOMES.map((o) => [o, sessions.filter((s) => s.outcome === o).length])) as Record<
    (typeof OUTCOMES)[number],
    number
  >
