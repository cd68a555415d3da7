import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database, Insert } from '../../schema/clickhouse/database.ts'
import { openTestStore, type TestStore } from '../../test/support/rows.ts'
import { IngestAccount } from './ingest-account.ts'
import { startIngestRecorder } from './ingest-recorder.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store?.close())

const KEY = { projectId: 1, signal: 'traces', protocol: 'grpc', result: 'acknowledged', reason: '' } as const
const GAUGES = { spool_bytes: 10, lag_ms: 0.4, load_lag_ms: 0, tally_lag_ms: 0, quarantined_segments: 2 }
const itemsOf = (project: number) =>
  store.database.query<{ result: string; reason: string; items: number }>(
    'SELECT result, reason, sum(items) AS items FROM ingest_stats WHERE project_id = {project:UInt32} GROUP BY result, reason ORDER BY reason',
    { project },
  )

test('what could not be written is written later, once, with what came meanwhile', async () => {
  const account = new IngestAccount()
  const said: string[] = []
  let failures = 2
  const database: Database = {
    ...store.database,
    insert: async (insert: Insert) => {
      // The first failure is one after the fact: the rows are there, and nobody knows.
      if (failures === 2) await store.database.insert(insert)
      if (failures-- > 0) throw new Error('gone')
      await store.database.insert(insert)
    },
  }
  const recorder = startIngestRecorder({
    account,
    database,
    gauges: () => GAUGES,
    log: (line) => said.push(line),
    everyMs: 3_600_000,
  })
  account.count(KEY, { items: 5 })
  await recorder.flush()
  account.count(KEY, { items: 6 })
  await recorder.flush()
  expect(said).toEqual(['own telemetry: gone; it waits in memory'])
  await recorder.close()
  expect(await itemsOf(1)).toEqual([{ result: 'acknowledged', reason: '', items: 11 }])
  expect(await itemsOf(0)).toEqual([
    { result: 'state', reason: 'lag_ms', items: 0 },
    { result: 'state', reason: 'load_lag_ms', items: 0 },
    { result: 'state', reason: 'quarantined_segments', items: 2 },
    { result: 'state', reason: 'spool_bytes', items: 10 },
    { result: 'state', reason: 'tally_lag_ms', items: 0 },
  ])
})
