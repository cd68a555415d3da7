import { randomUUID } from 'node:crypto'
import type { Database } from '../../schema/clickhouse/database.ts'
import { INGEST_STATS } from '../../schema/clickhouse/ingest-table.ts'
import { RowBinaryWriter } from '../../schema/clickhouse/row-binary-writer.ts'
import { rowEncoder } from '../../schema/clickhouse/tables.ts'
import { INGEST_GAUGES, type IngestGauge, type IngestRow } from '../../schema/model/ingest.ts'
import type { IngestAccount } from './ingest-account.ts'

export interface IngestRecorderDeps {
  readonly account: IngestAccount
  readonly database: Database
  readonly gauges: () => Readonly<Record<IngestGauge, number>> | Promise<Readonly<Record<IngestGauge, number>>>
  readonly log: (line: string) => void
  readonly everyMs?: number
  readonly now?: () => number
}

export interface IngestRecorder {
  /** Writes what was counted so far. Never rejects: what could not be written waits for the next time. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

const EVERY_MS = 10_000
/** Gauges that do not move are written this often, so that a quiet collector differs from one that is away. */
const GAUGES_MS_MAX = 60_000
const CLOSE_MS_MAX = 1_000

/** Writes the collector's account down, some rows at a time, each exactly once. */
export const startIngestRecorder = (deps: IngestRecorderDeps): IngestRecorder => {
  const { account, database, log, now = Date.now } = deps
  let pending: { readonly token: string; readonly bytes: Uint8Array } | undefined
  let gauges = ''
  let gaugesAtMs = 0
  let troubled = false
  let running: Promise<void> | undefined

  const gaugeRows = async (flushId: string): Promise<IngestRow[]> => {
    const values = await deps.gauges()
    const text = JSON.stringify(values)
    if (text === gauges && now() - gaugesAtMs < GAUGES_MS_MAX) return []
    gauges = text
    gaugesAtMs = now()
    return INGEST_GAUGES.map((reason) => ({
      ...GAUGE,
      flushId,
      timeMs: now(),
      reason,
      items: Math.round(values[reason]),
    }))
  }

  const write = async (): Promise<void> => {
    if (!pending) {
      const flushId = randomUUID().replaceAll('-', '')
      const rows = [...account.take(flushId), ...(await gaugeRows(flushId))]
      if (rows.length === 0) return
      pending = { token: `ingest:${flushId}`, bytes: encoded(rows) }
    }
    await database.insert({ table: 'ingest_stats', format: 'RowBinary', chunks: [pending.bytes], token: pending.token })
    pending = undefined
  }

  const flush = async (): Promise<void> => {
    // One after another: a second write at once would carry the token of the first.
    while (running) await running
    running = write()
      .then(() => {
        troubled = false
      })
      .catch((error: Error) => {
        if (!troubled) log(`own telemetry: ${error.message.slice(0, 300)}; it waits in memory`)
        troubled = true
      })
      .finally(() => {
        running = undefined
      })
    await running
  }

  const timer = setInterval(() => void flush(), deps.everyMs ?? EVERY_MS)
  timer.unref()
  return {
    flush,
    close: async () => {
      clearInterval(timer)
      // What waited, and what came since. A database that does not answer must not hold up the end of the process.
      await Promise.race([flush().then(flush), new Promise((resolve) => setTimeout(resolve, CLOSE_MS_MAX))])
    },
  }
}

const GAUGE = {
  projectId: 0,
  signal: 'unknown',
  protocol: 'unknown',
  result: 'state',
  requests: 0,
  bytes: 0,
  sample: '',
} as const satisfies Partial<IngestRow>

const encode = rowEncoder(INGEST_STATS)
const encoded = (rows: readonly IngestRow[]): Uint8Array => {
  const writer = new RowBinaryWriter()
  for (const row of rows) encode(writer, row)
  return writer.take()
}
