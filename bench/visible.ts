import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRecountProcess } from '../test/support/recount-process.ts'
import { round } from './ingest.ts'
import { templateOf } from './workload.ts'

const ROUNDS = 30
const GOAL_MS = 2_000

/** Milliseconds from the start of an export until its run, tallied, is in the sessions list; on an idle server. Also its start and idle memory. */
export const benchVisible = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-bench-'))
  const recount = await startRecountProcess({ dataDir })
  try {
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const idleMiB = Math.round(recount.residentBytes() / 1024 ** 2)
    const template = templateOf(7)
    const times: number[] = []
    for (let i = 0; i < ROUNDS; i++) {
      const [traceId] = template.become(i, Date.now())
      const started = performance.now()
      const answer = await fetch(`${recount.otlpHttp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: template.bytes as BodyInit,
      })
      if (!answer.ok) throw new Error(`export answered ${answer.status}`)
      for (;;) {
        const page = (await (await fetch(`${recount.api}/api/sessions?limit=50`)).json()) as {
          items: { traceIds: string[] }[]
        }
        if (page.items.some((session) => session.traceIds.includes(traceId!))) break
        if (performance.now() - started > 30_000) throw new Error(`trace ${traceId} not visible after 30 s`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      times.push(performance.now() - started)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    times.sort((a, b) => a - b)
    return {
      goalMs: GOAL_MS,
      visibleP50Ms: round(times[ROUNDS / 2]!, 0),
      visibleP95Ms: round(times[Math.floor(ROUNDS * 0.95)]!, 0),
      startToReadyMs: round(recount.readyMs, 0),
      idleMiB,
    }
  } finally {
    await recount.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
