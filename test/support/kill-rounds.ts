import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../schema/clickhouse/database.ts'
import { openEmbedded } from '../../schema/clickhouse/embedded.ts'
import { postTraces, runSpans, traceRequest } from './agent-run.ts'
import { callGrpc } from './grpc-client.ts'
import { expectConsistent } from './ledger-checks.ts'
import { freePort, type RecountProcess, startRecountProcess } from './recount-process.ts'

export interface KillReport {
  readonly kills: number
  readonly acknowledgedSpans: number
  readonly storedSpans: number
  readonly lost: number
  readonly runs: number
}

const SENDERS = 4
/** Runs that grew over all rounds are counted whole at the end: how long that takes is no part of the promise. */
const SETTLE_MS = 300_000
const FIRST_ANSWER_MS_MAX = 10_000

/**
 * `kills` times: load over HTTP and gRPC, SIGKILL at a random moment, start again on the same directory. At the end every acknowledged span must be stored, and
 * spans, runs, sessions and rollups must agree (`expectConsistent`). Random moments fall into every stage: before and after the fsync,
 * between two tables of a segment, between a table and its views, inside the tally.
 */
export const killRounds = async (
  kills: number,
  random: () => number,
  print: (line: string) => void = () => undefined,
): Promise<KillReport> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-kill-'))
  const ports = { api: await freePort(), otlpHttp: await freePort(), otlpGrpc: await freePort() }
  const acknowledged = new Set<string>()
  let number = 0
  try {
    for (let kill = 1; kill <= kills; kill++) {
      const recount = await startRecountProcess({ dataDir, ports })
      let alive = true
      const send = sendBy(recount)
      const sender = async (_: unknown, i: number): Promise<void> => {
        while (alive) {
          // A run goes out in two requests, its root in the later one, so that runs are tallied, taken back and tallied again.
          const spans = Array.from({ length: 4 }, () =>
            runSpans({
              number: ++number,
              endMs: Date.now(),
              session: `s-${number % 50}`,
              bareCalls: number % 6 === 0,
            }),
          )
          for (const part of [spans.flatMap((run) => run.slice(0, -1)), spans.flatMap((run) => run.slice(-1))]) {
            if (await send[i % 2 === 0 ? 'http' : 'grpc'](traceRequest(part)))
              for (const { traceId, spanId } of part) acknowledged.add(traceId + spanId)
          }
        }
      }
      const before = acknowledged.size
      const untilAcknowledged = async (): Promise<void> => {
        for (let i = 0; i < FIRST_ANSWER_MS_MAX / 20 && acknowledged.size === before; i++)
          await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const senders = Array.from({ length: SENDERS }, sender)
      // On a slow machine most moments would come before the first acknowledgement: three of four rounds count from there.
      if (random() < 0.75) await untilAcknowledged()
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 1500))
      await recount.kill()
      alive = false
      await Promise.all(senders)
      print(`kill ${kill} of ${kills}: ${acknowledged.size} spans acknowledged so far`)
    }
    const recount = await startRecountProcess({ dataDir, ports })
    await untilEmpty(recount.api)
    await recount.stop()

    const database = await openEmbedded(dataDir)
    try {
      return { kills, ...(await comparedWith(database, acknowledged)) }
    } finally {
      await database.close()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** What is stored, consistent in itself, beside what was acknowledged (trace id and span id of each span). */
export const comparedWith = async (
  database: Database,
  acknowledged: ReadonlySet<string>,
): Promise<Omit<KillReport, 'kills'>> => {
  const { spans, runs } = await expectConsistent(database)
  const stored = await database.query<{ id: string }>(
    'SELECT DISTINCT lower(hex(trace_id)) || lower(hex(span_id)) AS id FROM spans',
  )
  const ids = new Set(stored.map((row) => row.id))
  const lost = [...acknowledged].filter((id) => !ids.has(id)).length
  return { acknowledgedSpans: acknowledged.size, storedSpans: spans, lost, runs }
}

/** True where a request was acknowledged. */
const sendBy = ({ otlpHttp, otlpGrpc }: Pick<RecountProcess, 'otlpHttp' | 'otlpGrpc'>) => {
  const port = Number(otlpGrpc.split(':').at(-1))
  return {
    http: (body: Uint8Array<ArrayBuffer>) =>
      postTraces(otlpHttp, body).then(
        ({ status }) => status === 200,
        () => false,
      ),
    grpc: (body: Uint8Array<ArrayBuffer>) =>
      callGrpc(port, body).then(
        ({ code }) => code === 0,
        () => false,
      ),
  }
}

/** Until nothing that was acknowledged waits for loading or tallying. */
export const untilEmpty = async (api: string): Promise<void> => {
  const until = Date.now() + SETTLE_MS
  for (;;) {
    const status = (await (await fetch(`${api}/api/status`)).json()) as { spoolBytes: number; detail: string }
    if (status.spoolBytes === 0) return
    if (Date.now() > until) throw new Error(`still ${status.spoolBytes} bytes in the spool: ${status.detail}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
