import type { CostPerOutcome } from '../../schema/api/costs.ts'
import { COMPONENTS } from '../../schema/model/component.ts'
import { OUTCOMES } from '../../schema/model/kind.ts'
import type { CsvColumn } from './csv.ts'

/** Lines of GET /api/costs/per-outcome in its own words, the keys being those that were asked for. */
export const perOutcomeColumns = ([first]: readonly CostPerOutcome[]): readonly CsvColumn<CostPerOutcome>[] => [
  ...Object.keys(first?.key ?? {}).map((name) => column(name, (item) => item.key[name])),
  column('period', (item) => item.period),
  ...PLAIN.map((name) => column(name, (item) => item[name])),
  column('costPerSuccessLow', (item) => item.interval?.[0]),
  column('costPerSuccessHigh', (item) => item.interval?.[1]),
  ...(['failed', 'looping', 'blocked'] as const).map((name) => column(`${name}Usd`, (item) => item.waste[name])),
  ...COMPONENTS.map((name) => column(`${name}Usd`, (item) => item.components[name])),
  ...OUTCOMES.map((name) => column(name, (item) => item.outcomes[name])),
]

const PLAIN = [
  'costUsd',
  'runs',
  'settled',
  'successes',
  'costPerSuccess',
  'coverage',
  'provisional',
  'unpricedCalls',
  'costStatus',
  'wasteUsd',
  'wasteShare',
] as const

const column = (name: string, cell: CsvColumn<CostPerOutcome>['cell']): CsvColumn<CostPerOutcome> => ({ name, cell })
