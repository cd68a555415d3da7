import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHttp } from '../../schema/clickhouse/http.ts'
import { postTraces, runSpans, traceRequest } from './agent-run.ts'
import { spawnClickHouseServer } from './clickhouse-server/spawn.ts'
import { comparedWith, type KillReport } from './kill-rounds.ts'
import { freePort, type RoleProcess, startRoleProcess } from './recount-process.ts'

const COLLECTORS = 2
const SENDERS_EACH = 2
const SETTLE_MS = 120_000

interface Place {
  readonly args: readonly string[]
  readonly health: string
  readonly otlpHttp: string
  process: RoleProcess | undefined
}

/**
 * Two `recount collector` processes before one ClickHouse server, under load, `kills` times one of them by SIGKILL at a random moment while the other
 * goes on. The parts of a run go to different collectors, so that both tally the same runs. At the end nothing is lost and every figure is a recount's.
 */
export const killCollectors = async (
  kills: number,
  random: () => number,
  print: (line: string) => void = () => undefined,
): Promise<KillReport> => {
  const folder = await mkdtemp(join(tmpdir(), 'recount-collectors-'))
  const engine = await spawnClickHouseServer({ dataDir: join(folder, 'engine') })
  const places: Place[] = []
  const acknowledged = new Set<string>()
  let sending = true
  let number = 0
  try {
    for (let i = 0; i < COLLECTORS; i++) places.push(await placeOf(join(folder, `collector-${i}`), engine.url))
    for (const place of places) place.process = await startRoleProcess(place.args, place.health)
    const sender = async (): Promise<void> => {
      while (sending) {
        const spans = runSpans({
          number: ++number,
          endMs: Date.now(),
          session: `s-${number % 40}`,
          bareCalls: number % 5 === 0,
        })
        const parts = [spans.slice(0, -1), spans.slice(-1)].filter((part) => part.length > 0)
        for (const part of parts) {
          const place = places[Math.floor(random() * places.length)]!
          const answer = await postTraces(place.otlpHttp, traceRequest(part)).catch(() => undefined)
          if (answer?.status === 200) for (const { traceId, spanId } of part) acknowledged.add(traceId + spanId)
          else await sleep(50)
        }
        await sleep(random() * 40)
      }
    }
    const senders = Array.from({ length: COLLECTORS * SENDERS_EACH }, sender)
    for (let kill = 1; kill <= kills; kill++) {
      await sleep(300 + random() * 1_500)
      const place = places[Math.floor(random() * places.length)]!
      await place.process!.kill()
      await sleep(random() * 600)
      place.process = await startRoleProcess(place.args, place.health)
      print(`kill ${kill} of ${kills}: ${acknowledged.size} spans acknowledged so far`)
    }
    sending = false
    await Promise.all(senders)
    for (const { health } of places) await untilSpoolEmpty(health)
    for (const place of places) await place.process!.stop()
    const database = await openHttp(engine.url)
    try {
      return { kills, ...(await comparedWith(database, acknowledged)) }
    } finally {
      await database.close()
    }
  } finally {
    sending = false
    for (const place of places) await place.process?.kill()
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const placeOf = async (dataDir: string, clickhouse: string): Promise<Place> => {
  const [port, otlpHttp, otlpGrpc] = [await freePort(), await freePort(), await freePort()]
  return {
    args: [
      'collector',
      '--data',
      dataDir,
      '--clickhouse',
      clickhouse,
      '--port',
      `${port}`,
      '--otlp-http',
      `${otlpHttp}`,
      '--otlp-grpc',
      `${otlpGrpc}`,
    ],
    health: `http://127.0.0.1:${port}`,
    otlpHttp: `http://127.0.0.1:${otlpHttp}`,
    process: undefined,
  }
}

export const untilSpoolEmpty = async (health: string): Promise<void> => {
  const until = Date.now() + SETTLE_MS
  for (;;) {
    const status = (await (await fetch(`${health}/status`)).json()) as { spoolBytes: number; detail: string }
    if (status.spoolBytes === 0) return
    if (Date.now() > until) throw new Error(`still ${status.spoolBytes} bytes in the spool: ${status.detail}`)
    await sleep(100)
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
