import { expect, test } from 'vitest'
import type { CostItem } from '../../schema/api/costs.ts'
import { NOT_SET } from '../../schema/model/dimension.ts'
import { NO_USAGE } from '../mock-api/sessions.ts'
import { parseSearch, stringifySearch } from '../search/codec.ts'
import { type CostsSearch, validateCostsSearch } from '../search/costs.ts'
import {
  componentParts,
  drillInto,
  OTHERS,
  type PivotInput,
  pivotRows,
  SERIES_MAX,
  seriesOf,
  sessionFiltersOf,
} from './pivot.ts'

const item = (key: CostItem['key'], costUsd: string, more: Partial<CostItem> = {}): CostItem => ({
  key,
  period: null,
  usage: NO_USAGE,
  calls: 1,
  runs: 1,
  costUsd,
  components: { model: costUsd, tools: '0', review: '0', evaluation: '0', platform: '0' },
  allocatedUsd: '0',
  reportedUsd: '0',
  costStatus: 'complete',
  unpricedCalls: 0,
  ...more,
})

const TWO: PivotInput = {
  by: ['team', 'agent'],
  groups: [item({ team: 'growth' }, '1'), item({ team: 'support' }, '3'), item({ team: null }, '2')],
  parts: [
    item({ team: 'growth', agent: 'a' }, '1'),
    item({ team: 'support', agent: 'b' }, '1'),
    item({ team: 'support', agent: 'c' }, '2'),
    item({ team: null, agent: null }, '2'),
  ],
  fold: [],
  sort: ({ costUsd }) => Number(costUsd),
  desc: true,
}
const shown = (input: PivotInput) => pivotRows(input).map(({ depth, key }) => `${'  '.repeat(depth)}${key}`)

test('groups come dearest first, each with its parts below it; what telemetry did not say keeps its row', () => {
  expect(shown(TWO)).toEqual(['support', '  c', '  b', 'null', '  null', 'growth', '  a'])
})

test('a folded group hides its parts and still says how many there are', () => {
  const rows = pivotRows({ ...TWO, fold: ['support', NOT_SET] })
  expect(rows.map(({ key }) => key)).toEqual(['support', null, 'growth', 'a'])
  expect(rows[0]).toMatchObject({ folded: true, parts: 2 })
})

test('a key that is named null is not the key that is missing', () => {
  const rows = pivotRows({
    ...TWO,
    by: ['team'],
    groups: [item({ team: 'null' }, '1'), item({ team: null }, '2')],
    parts: [],
  })
  expect(new Set(rows.map(({ id }) => id)).size).toBe(2)
})

test('what has nothing to sort by comes last, both ways', () => {
  const sort: PivotInput['sort'] = ({ key, costUsd }) => (key.team === null ? null : Number(costUsd))
  const tops = (desc: boolean) => pivotRows({ ...TWO, by: ['team'], parts: [], sort, desc }).map(({ key }) => key)
  expect([tops(true), tops(false)]).toEqual([
    ['support', 'growth', null],
    ['growth', 'support', null],
  ])
})

test('rows stand beside the same key of the period before', () => {
  const before = { groups: [item({ team: 'support' }, '1.5')], parts: [item({ team: 'support', agent: 'c' }, '0.5')] }
  const rows = pivotRows({ ...TWO, before })
  expect(rows.find(({ depth, key }) => depth === 0 && key === 'support')?.before?.costUsd).toBe('1.5')
  expect(rows.find(({ key }) => key === 'c')?.before?.costUsd).toBe('0.5')
  expect(rows.find(({ key }) => key === 'growth')?.before).toBeNull()
})

test('a chart has the dearest keys, the others as one, and a place for every period', () => {
  const periods = ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z']
  const items = Array.from({ length: 12 }, (_, i) => item({ agent: `a${i}` }, String(i + 1), { period: periods[1]! }))
  const series = seriesOf(items, 'agent', periods)
  expect(series).toHaveLength(SERIES_MAX + 1)
  expect(series[0]).toEqual({ label: 'a11', values: [0, 12] })
  expect(series.at(-1)).toEqual({ label: OTHERS, values: [0, 1 + 2 + 3 + 4 + 5] })
  const sum = series.reduce((total, { values }) => total + values[1]!, 0)
  expect(sum).toBe((12 * 13) / 2)
})

test('a click on a part chooses both keys and opens the next dimensions', () => {
  const row = pivotRows(TWO).find(({ key }) => key === 'c')!
  expect(drillInto({ interval: 'day' }, TWO.by, row)).toEqual({
    interval: 'day',
    team: ['support'],
    agent: ['c'],
    by: ['version', 'model'],
  })
})

test('a click on a group keeps the second dimension as the first', () => {
  const [support] = pivotRows(TWO)
  expect(drillInto({}, TWO.by, support!)).toMatchObject({ team: ['support'], by: ['agent', 'version'] })
})

test('what is not set can be chosen too, and an agent version is that of the call', () => {
  const rows = pivotRows({ ...TWO, by: ['version'], groups: [item({ version: null }, '2')], parts: [] })
  expect(drillInto({}, ['version'], rows[0]!)).toMatchObject({ callVersion: [NOT_SET], by: ['team', 'agent'] })
})

test('whatever a key says, its link chooses exactly it', () => {
  const key = 'a&team=b#<img src=x onerror=alert(1)> \u202e'
  const rows = pivotRows({ ...TWO, by: ['team'], groups: [item({ team: key }, '2')], parts: [] })
  const url = stringifySearch({ ...drillInto({}, ['team'], rows[0]!) })
  expect(validateCostsSearch(parseSearch(url)).team).toEqual([key])
})

test('the list of sessions opens with the same filters, or not at all', () => {
  expect(sessionFiltersOf({ team: ['support'], callVersion: ['v14'] })).toEqual({ team: ['support'], version: ['v14'] })
  expect(sessionFiltersOf({ provider: ['openai'] })).toBeNull()
  expect(sessionFiltersOf({ team: [NOT_SET] })).toBeNull()
})

test('the whole view is in the address', () => {
  const url =
    '?team=support&tab=outcomes&by=team&by=agent&interval=week&view=table&compare=previous&asOf=2026-11-20T08:00:00.000Z&sort=-runs&fold=growth&month=2026-10&model2=openai%2Fgpt-5'
  expect(stringifySearch({ ...validateCostsSearch(parseSearch(url)) })).toBe(url)
  const broken: CostsSearch = validateCostsSearch(
    parseSearch('?tab=x&by=nothing&interval=year&asOf=soon&month=2026-13'),
  )
  expect(broken).toEqual({})
})

test('parts of a cost are told dearest first, and none that cost nothing', () => {
  const parts = componentParts({ model: '3', tools: '1', review: '0', evaluation: '0', platform: '0' })
  expect(parts).toEqual([
    { name: 'model', usd: '3', share: 0.75 },
    { name: 'tools', usd: '1', share: 0.25 },
  ])
})
