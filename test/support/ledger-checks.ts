import { expect } from 'vitest'
import type { Database } from '../../schema/clickhouse/database.ts'

const USAGE =
  'input_uncached, cache_read, cache_write_5m, cache_write_1h, input_audio, input_image, output_text, reasoning, output_audio, output_image'.split(
    ', ',
  )

/**
 * What must hold of the stored data at any rest, whatever happened before: every figure in every view is the sum over the ledger, and
 * every stored span is counted once.
 */
export const expectConsistent = async (database: Database): Promise<{ spans: number; runs: number }> => {
  const one = async (sql: string): Promise<Record<string, string>> =>
    (await database.query<Record<string, string>>(sql))[0]!

  const stored = await one(
    "SELECT toString(uniqExactIf((project_id, trace_id, span_id), origin = 'span')) AS spans, toString(uniqExact(project_id, trace_id)) AS traces FROM spans",
  )
  const runs = await one(
    'SELECT toString(sum(span_count)) AS spans, toString(count()) AS runs, toString(uniqExact(project_id, run_id)) AS distinct FROM runs FINAL',
  )
  expect(runs.spans, 'spans counted in runs').toBe(stored.spans)
  expect(runs.distinct, 'each run stands once').toBe(runs.runs)
  const traces = await one('SELECT toString(count()) AS traces, toString(sum(span_count)) AS spans FROM traces FINAL')
  expect(traces, 'traces as the tallier noted them').toEqual({ traces: stored.traces, spans: stored.spans })

  const usage = (prefix: string, weight: string): string =>
    USAGE.map((u) => `toString(sum(${weight}toInt64(${prefix}${u}))) AS ${u}`).join(', ')
  const current = await one(
    `SELECT toString(sum(toInt64(r.span_count))) AS spans, toString(sum(toDecimal128(r.cost, 9))) AS cost, ${usage('r.', '')} FROM runs AS r FINAL`,
  )
  const ledger = await one(
    `SELECT toString(sum(sign * toInt64(l.span_count))) AS spans, toString(sum(sign * toDecimal128(l.cost, 9))) AS cost, ${usage('l.', 'sign * ')} FROM run_ledger AS l`,
  )
  expect(ledger, 'the ledger sums to the current state').toEqual(current)

  const rollup = await database.query(
    `SELECT toString(t) AS t, kind, agent, provider, model, tool, env, team, toString(sum(r.call_count)) AS n, toString(sum(r.failed)) AS failures,
      toString(sum(r.cost)) AS cost, ${usage('r.', '')}
     FROM calls_1h AS r GROUP BY t, kind, agent, provider, model, tool, env, team HAVING sum(r.call_count) != 0 ORDER BY ALL`,
  )
  const recount = await database.query(
    `SELECT toString(toDateTime(toStartOfHour(call.start_time), 'UTC')) AS t, call.kind AS kind, call.agent AS agent, call.provider AS provider,
      call.model AS model, call.tool AS tool, env, team, toString(sum(sign)) AS n, toString(sum(sign * toInt64(call.failed))) AS failures,
      toString(sum(sign * toDecimal128(call.cost, 9))) AS cost, ${usage('call.', 'sign * ')}
     FROM run_ledger ARRAY JOIN calls AS call GROUP BY t, kind, agent, provider, model, tool, env, team HAVING sum(sign) != 0 ORDER BY ALL`,
  )
  expect(rollup, 'calls per hour equal a recount of the ledger').toEqual(recount)
  const hours = await one(
    'SELECT toString(sum(r.run_count)) AS runs, toString(sum(r.spans)) AS spans FROM runs_1h AS r',
  )
  expect(hours, 'runs per hour equal the current state').toEqual({ runs: runs.runs, spans: runs.spans })
  return { spans: Number(stored.spans), runs: Number(runs.runs) }
}
