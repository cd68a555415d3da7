import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRecountProcess } from '../test/support/recount-process.ts'
import { round, send, untilCounted } from './ingest.ts'

const ROUNDS = 40

/** p50 and p95 in ms of the questions that people wait for, through the API, at `spans` stored spans. */
export const benchQuery = async (spans: number) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-bench-'))
  const recount = await startRecountProcess({ dataDir })
  try {
    const sent = await send(['--url', recount.otlpHttp, '--spans', String(spans)])
    await untilCounted(recount, sent.spans)
    const get = async <T>(path: string): Promise<T> => {
      const answer = await fetch(recount.api + path)
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    }
    const sessions = await get<{ items: { id: string; traceIds: string[] }[] }>('/api/sessions?limit=50')
    const pick = (i: number) => sessions.items[i % sessions.items.length]!
    const questions: Record<string, (i: number) => string> = {
      'trace by id': (i) => `/api/traces/${pick(i).traceIds[0]}`,
      'session replay': (i) => `/api/sessions/${pick(i).id}/replay`,
      'sessions page, newest 50': () => '/api/sessions?limit=50',
      'overview, 24 h': () => '/api/overview?from=now-24h',
      'overview, 30 d': () => '/api/overview?from=now-30d',
      'agents, 24 h': () => '/api/agents',
      'tools, 24 h': () => '/api/tools',
    }
    const results: Record<string, { p50Ms: number; p95Ms: number }> = {}
    for (const [name, path] of Object.entries(questions)) {
      await get(path(0))
      const times: number[] = []
      for (let i = 0; i < ROUNDS; i++) {
        const started = performance.now()
        await get(path(i))
        times.push(performance.now() - started)
      }
      times.sort((a, b) => a - b)
      results[name] = { p50Ms: round(times[ROUNDS / 2]!), p95Ms: round(times[Math.floor(ROUNDS * 0.95)]!) }
    }
    return { spans: sent.spans, questions: results, residentMiB: Math.round(recount.residentBytes() / 1024 ** 2) }
  } finally {
    await recount.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
