import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { type ClickHouseServer, startClickHouseServer } from '../../test/support/clickhouse-server/server.ts'
import { runDatabaseTests } from './conformance.ts'
import { encodeRows, sampleRows } from './conformance-rows.ts'
import { openHttp } from './http.ts'
import { migrate } from './migrate.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'recount-http-'))
const server: ClickHouseServer = await startClickHouseServer({ dataDir, password: 'open sesame' })
const url = server.url.replace('//', '//default:open%20sesame@')
afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

runDatabaseTests({ name: 'ClickHouse over HTTP (test server)', open: () => openHttp(`${url}/recount`) })

/** A server of one's own, to run the suite against the real thing; the database of the URL is created if absent and must be empty. */
const real = process.env.RECOUNT_TEST_CLICKHOUSE_URL
if (real) runDatabaseTests({ name: 'ClickHouse over HTTP (RECOUNT_TEST_CLICKHOUSE_URL)', open: () => openHttp(real) })

describe('ClickHouse over HTTP, when the server fails', () => {
  it('is unavailable while nobody listens, and an insert of that time goes through afterwards, once', async () => {
    const database = await openHttp(`${url}/outage`)
    try {
      await migrate(database, { minFreeDiskBytes: 0 })
      const insert = {
        table: 'content',
        format: 'RowBinary',
        chunks: [encodeRows('content', sampleRows('content', 1, 5, 1))],
        token: 'outage',
      } as const
      await database.insert(insert)
      await server.stop()
      await expect(database.query('SELECT 1')).rejects.toMatchObject({ name: 'DatabaseError', kind: 'unavailable' })
      await expect(database.insert(insert)).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(database.ping()).rejects.toMatchObject({ kind: 'unavailable' })
      await server.start()
      await database.ping()
      await database.insert(insert)
      expect(await database.query('SELECT count() AS n FROM content')).toEqual([{ n: 5 }])
    } finally {
      await database.close()
    }
  })

  it('cannot be opened without a server, with a wrong password, or on a name that is no database', async () => {
    await expect(openHttp('http://127.0.0.1:1/recount')).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(openHttp(server.url)).rejects.toMatchObject({ kind: 'query', code: '516' })
    await expect(openHttp(`${url}/a b`)).rejects.toThrow('is no database name')
  })

  it('sends an insert as a stream of its chunks, with the statement in the URL', async () => {
    const seen: { url: string; encoding: string | undefined; body: Buffer }[] = []
    const recorder = createServer(async (request, response) => {
      seen.push({ url: request.url!, encoding: request.headers['transfer-encoding'], body: await buffer(request) })
      response.end()
    })
    await once(recorder.listen(0, '127.0.0.1'), 'listening')
    const database = await openHttp(`http://127.0.0.1:${(recorder.address() as AddressInfo).port}`)
    try {
      const chunks = [new Uint8Array([1, 2, 3]), new Uint8Array(200_000).fill(7), new Uint8Array([4])]
      await database.insert({ table: 'content', format: 'RowBinary', chunks, token: 'as-a-stream' })
      const { url: path, encoding, body } = seen.at(-1)!
      const query = new URL(path, 'http://recorder').searchParams.get('query')!
      expect(query).toMatch(
        /^INSERT INTO content \(.*\) SETTINGS .*insert_deduplication_token = 'as-a-stream'.* FORMAT RowBinary$/s,
      )
      expect(encoding).toBe('chunked')
      expect(body.equals(Buffer.concat(chunks))).toBe(true)
    } finally {
      await database.close()
      recorder.close()
    }
  })
})
