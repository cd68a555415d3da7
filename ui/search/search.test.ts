import { expect, test } from 'vitest'
import { parseSearch, type RawSearch, stringifySearch } from './codec.ts'
import { clearFilters, countFilters, toggleFilter, validateFilters } from './filters.ts'
import { parseSort, stringifySort, validateSessionsSearch } from './pages.ts'
import { validateReplaySearch } from './replay.ts'
import { validateScope } from './scope.ts'

const roundTrip = (url: string, validate: (raw: RawSearch) => object) =>
  stringifySearch({ ...validate(parseSearch(url)) })

test.each([
  '?agent=refund-agent&agent=triage&outcome=failure&errors=true&minCostUsd=0.5&q=where+is+my+refund%3F&sort=-costUsd',
  '?model=gpt-4.1%26x%3Dy&tool=%E6%9F%A5%E8%AF%A2',
  '',
])('the sessions page keeps its view through %s', (url) => expect(roundTrip(url, validateSessionsSearch)).toBe(url))

test.each(['?from=now-24h&env=production&env=staging', '?from=2026-11-01T00:00:00.000Z&to=2026-11-16T00:00:00.000Z'])(
  'the scope keeps %s',
  (url) => expect(roundTrip(url, validateScope)).toBe(url),
)

test('the view of a replay comes back from its link', () => {
  const url = '?tab=trace&at=21340&span=00f067aa0ba902b7&step=9&marks=error&marks=guardrail&zoom=1000-5000'
  expect(roundTrip(url, validateReplaySearch)).toBe(url)
})

test('what cannot be read is left out instead of failing the page', () => {
  expect(validateScope(parseSearch('?from=soon&to=x'))).toEqual({})
  expect(validateSessionsSearch(parseSearch('?sort=-nonsense&outcome=great&minCostUsd=-1&errors=maybe'))).toEqual({})
  expect(validateReplaySearch(parseSearch('?at=abc&tab=secrets'))).toEqual({})
})

test('a number typed as a name stays a name', () => {
  expect(validateFilters(parseSearch('?user=4411&q=12')).user).toEqual(['4411'])
  expect(validateFilters({ user: 4411 }).user).toEqual(['4411'])
})

test('a facet clicked twice leaves the URL as it was', () => {
  const once = toggleFilter({ q: 'refund' }, 'agent', 'refund-agent')
  expect(once).toEqual({ q: 'refund', agent: ['refund-agent'] })
  expect(countFilters(once)).toBe(2)
  expect(toggleFilter(once, 'agent', 'refund-agent')).toEqual({ q: 'refund' })
  expect(clearFilters({ ...once, sort: '-end' })).toEqual({ sort: '-end' })
})

test('a sort is a column and a direction', () => {
  expect(parseSort('-spend')).toEqual({ id: 'spend', desc: true })
  expect(stringifySort(parseSort('runs'))).toBe('runs')
})
