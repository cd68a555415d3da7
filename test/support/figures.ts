import { expect } from 'vitest'
import type { Database } from '../../schema/clickhouse/database.ts'
import { LOOPBACK_DOORS } from '../../schema/http/doors.ts'
import { createApp } from '../../server/app.ts'
import { adminOf } from './api.ts'

/** All that a user can see of a project in the hour before `endMs`: overview, sessions with their runs, agents, tools, models; and the rollup rows below them. */
export const figuresOf = async (database: Database, projectId: number, endMs: number): Promise<unknown> => {
  const app = createApp({
    database,
    doors: LOOPBACK_DOORS,
    version: 'test',
    metrics: () => '',
    explain: () => [],
    principalOf: () => adminOf(projectId),
    status: () => {
      throw new Error('not asked')
    },
    validateResponses: true,
  })
  const range = `from=${new Date(endMs - 3_600_000).toISOString()}&to=${new Date(endMs + 60_000).toISOString()}`
  const get = async (path: string): Promise<{ items?: { id: string }[] }> => {
    const answer = await app.request(`http://localhost${path}`, { headers: { host: 'localhost' } })
    expect(answer.status, path).toBe(200)
    return (await answer.json()) as { items?: { id: string }[] }
  }
  const sessions = await get(`/api/sessions?${range}&limit=500`)
  const rollup = await database.query(
    `SELECT toString(t) AS hour, kind, agent, provider, model, tool, env, team, sum(r.call_count) AS n, sum(r.failed) AS failures, sum(r.input_uncached) AS input,
      sum(r.cache_read) AS cached, sum(r.output_text) AS output, toString(sum(r.cost)) AS money, sumMap(r.duration_histogram) AS durations
     FROM calls_1h AS r WHERE project_id = ${projectId} GROUP BY t, kind, agent, provider, model, tool, env, team HAVING n != 0 ORDER BY ALL`,
  )
  const withoutRunIds = (text: string): string =>
    // The id of a run of bare calls is a hash of project and session, so it differs between projects by design.
    text.replaceAll(/"(runId|id)":"[0-9a-f]{32}"/g, '"$1":"…"')
  return {
    overview: await get(`/api/overview?${range}`),
    sessions: withoutRunIds(JSON.stringify(sessions)),
    runs: withoutRunIds(
      JSON.stringify(
        (await Promise.all((sessions.items ?? []).map((s) => get(`/api/sessions/${s.id}`)))) as unknown as object[],
      ),
    ),
    agents: await get(`/api/agents?${range}`),
    tools: await get(`/api/tools?${range}`),
    models: await get(`/api/models?${range}`),
    rollup,
  }
}
