import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../../schema/clickhouse/embedded.ts'
import { callGrpc, METHODS } from '../grpc-client.ts'
import { untilEmpty } from '../kill-rounds.ts'
import { expectConsistent } from '../ledger-checks.ts'
import { type RecountProcess, startRecountProcess } from '../recount-process.ts'
import { corpus, type Valid } from './corpus.ts'
import { mutated } from './mutate.ts'

export interface WireReport {
  readonly requests: number
  readonly seconds: number
  /** How many were answered how: `http 200`, `grpc 3` … */
  readonly answers: Readonly<Record<string, number>>
  /** Answers that no request may get, failures of the connection, and what the program says of itself afterwards; empty where all is well. */
  readonly wrong: readonly string[]
  readonly spans: number
  readonly residentMiB: { readonly start: number; readonly half: number; readonly end: number }
}

const LANES = 6
const REQUEST_TIMEOUT_MS = 30_000
const HTTP_ALLOWED = [200, 400, 413]
/** OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED. */
const GRPC_ALLOWED = [0, 3, 8]

/** Mutated requests over the wire, HTTP and gRPC by turns, into a whole program; what it took must load, be tallied and add up. */
export const tortureWire = async (requests: number, firstSeed: number): Promise<WireReport> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-torture-'))
  const recount = await startRecountProcess({ dataDir, readyTimeoutMs: 90_000 })
  const startedMs = performance.now()
  const valid = corpus(Date.now())
  const answers: Record<string, number> = {}
  const wrong: string[] = []
  const resident = [recount.residentBytes()]
  let next = 0
  try {
    const lane = async (): Promise<void> => {
      for (let i = next++; i < requests; i = next++) {
        const seed = firstSeed + i
        const answer = await send(recount, mutated(seed, valid), seed % 2 === 0).catch(
          (error: Error) => `no answer: ${error.message}`,
        )
        answers[answer] = (answers[answer] ?? 0) + 1
        const [protocol, code] = answer.split(' ')
        const isAllowed = (protocol === 'http' ? HTTP_ALLOWED : protocol === 'grpc' ? GRPC_ALLOWED : []).includes(
          Number(code),
        )
        if (!isAllowed) wrong.push(`seed ${seed}: ${answer}`)
        if (i === Math.floor(requests / 2)) resident.push(recount.residentBytes())
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    await untilEmpty(recount.api)
    resident.push(recount.residentBytes())
    const metrics = await (await fetch(`${recount.api}/metrics`)).text()
    for (const name of ['recount_spool_corrupt_total', 'recount_tally_failed_runs_total']) {
      const count = Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0)
      if (count > 0) wrong.push(`${name} ${count}`)
    }
    const ready = await fetch(`${recount.api}/readyz`)
    if (!ready.ok) wrong.push(`not ready: ${await ready.text()}`)
    await recount.stop()
    const database = await openEmbedded(dataDir)
    const { spans } = await expectConsistent(database).finally(() => database.close())
    const [start = 0, half = 0, end = 0] = resident.map((bytes) => Math.round(bytes / 1024 ** 2))
    return {
      requests,
      seconds: (performance.now() - startedMs) / 1000,
      answers,
      wrong,
      spans,
      residentMiB: { start, half, end },
    }
  } finally {
    await recount.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const send = async (recount: RecountProcess, { signal, encoding, body }: Valid, overGrpc: boolean): Promise<string> => {
  if (overGrpc && encoding === 'protobuf') {
    const { code } = await callGrpc(Number(recount.otlpGrpc.split(':').at(-1)), body, { path: METHODS[signal] })
    return `grpc ${code}`
  }
  const answer = await fetch(`${recount.otlpHttp}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf' },
    body,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  await answer.arrayBuffer()
  return `http ${answer.status}`
}
