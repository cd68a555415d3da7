import { describe, expect, test } from 'vitest'
import { RunFilters } from '../../schema/api/endpoint.ts'
import { type BoundedQuestion, callsSource, logsClause, runQuestion, runsClause, tracesClause } from './filter.ts'

// What filter.ts composes, as files, so that a review sees the query that a change makes.

const NOW = Date.parse('2026-11-21T12:34:56Z')
const question = (query: Record<string, unknown>) => runQuestion(1, RunFilters.parse(query), NOW)
const EVERYTHING = {
  from: 'now-7d',
  env: ['production', 'staging'],
  user: 'ada',
  team: 'payments',
  customer: 'c-1',
  outcome: 'failure',
  session: 'conv-1',
  traceId: 'ab'.repeat(16),
  experiment: 'exp',
  version: 'v2',
  guardrail: 'pii',
  score: 'task.outcome',
  errors: 'true',
  minCostUsd: '0.5',
  q: 'refund order',
  agent: 'support',
  model: 'gpt-4.1',
  tool: 'lookup',
}

describe('clauses', () => {
  test('of every filter at once', async () => {
    const { sql, params } = runsClause(question(EVERYTHING))
    await expect(sql).toMatchFileSnapshot('snapshots/runs-every-filter.sql')
    expect(params).toMatchSnapshot()
  })

  test('of a range alone', async () => {
    await expect(runsClause(question({})).sql).toMatchFileSnapshot('snapshots/runs-range.sql')
  })

  test('of traces by id', async () => {
    await expect(tracesClause(question({ traceId: 'ab'.repeat(16) })).sql).toMatchFileSnapshot(
      'snapshots/traces-by-id.sql',
    )
  })

  test('of logs of chosen runs', async () => {
    await expect(logsClause(question({ agent: 'support' })).sql).toMatchFileSnapshot('snapshots/logs-of-runs.sql')
  })

  test('of calls: whole hours from the rollup, the rest from the ledger', async () => {
    const calls = callsSource(
      question({ agent: 'support', env: 'production', from: 'now-7d' }) as BoundedQuestion,
      false,
    )
    await expect(calls.sql).toMatchFileSnapshot('snapshots/calls-rolled-up.sql')
  })

  test('of calls under a filter that the rollup does not know: the ledger alone', async () => {
    const calls = callsSource(question({ outcome: 'failure', from: 'now-7d' }) as BoundedQuestion, false)
    expect(calls.sql).not.toContain('calls_1h')
    await expect(calls.sql).toMatchFileSnapshot('snapshots/calls-ledger-only.sql')
  })

  test('hold no value: all of them are parameters', () => {
    const { sql } = runsClause(question({ ...EVERYTHING, q: "it's" }))
    for (const value of ['production', 'ada', 'payments', 'conv-1', 'gpt-4.1', "it's", 'lookup'])
      expect(sql).not.toContain(value)
  })

  test('are refused for a trace id that is none', () => {
    expect(() => question({ traceId: 'xyz' })).toThrow('32 hex digits')
  })
})
