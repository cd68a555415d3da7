import type { RecountProcess } from '../test/support/recount-process.ts'
import { round } from './ingest.ts'

const ROUNDS = 40

export interface Latency {
  readonly p50Ms: number
  readonly p95Ms: number
}

export interface Pick {
  readonly sessionId: string
  readonly traceId: string
}

/** A few dozen sessions from each of these ranges, so that no question is asked twice of the same granule. */
export const picksOf = async (recount: RecountProcess, ranges: readonly string[]): Promise<readonly Pick[]> => {
  const picks: Pick[] = []
  for (const range of ranges) {
    const { items } = await getJson<{ items: { id: string; traceIds: string[] }[] }>(
      recount,
      `/api/sessions?limit=50&${range}`,
    )
    for (const { id, traceIds } of items) picks.push({ sessionId: id, traceId: traceIds[0]! })
  }
  if (picks.length === 0) throw new Error('no session to ask about')
  return picks
}

/** The questions that people wait for; `i` counts the rounds. */
export const questionsAbout = (picks: readonly Pick[]): Record<string, (i: number) => string> => {
  const pick = (i: number): Pick => picks[(i * 7) % picks.length]!
  return {
    'trace by id': (i) => `/api/traces/${pick(i).traceId}`,
    'session replay': (i) => `/api/sessions/${encodeURIComponent(pick(i).sessionId)}/replay`,
    'sessions page, newest 50': () => '/api/sessions?limit=50',
    'overview, 24 h': () => '/api/overview?from=now-24h',
    'overview, 30 d': () => '/api/overview?from=now-30d',
    'agents, 24 h': () => '/api/agents',
    'tools, 24 h': () => '/api/tools',
    'text search, 24 h': (i) =>
      `/api/search/text?q=${['carrier', 'refund', 'invoice address', 'escalate'][i % 4]}&from=now-24h`,
  }
}

/** p50 and p95 through the API, each asked once before. */
export const latencies = async (
  recount: RecountProcess,
  questions: Readonly<Record<string, (i: number) => string>>,
): Promise<Record<string, Latency>> => {
  const results: Record<string, Latency> = {}
  for (const [name, path] of Object.entries(questions)) {
    await getJson(recount, path(0))
    const times: number[] = []
    for (let i = 0; i < ROUNDS; i++) {
      const started = performance.now()
      await getJson(recount, path(i))
      times.push(performance.now() - started)
    }
    times.sort((a, b) => a - b)
    results[name] = { p50Ms: round(times[ROUNDS / 2]!), p95Ms: round(times[Math.floor(ROUNDS * 0.95)]!) }
  }
  return results
}

const getJson = async <T>(recount: RecountProcess, path: string): Promise<T> => {
  const answer = await fetch(recount.api + path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
