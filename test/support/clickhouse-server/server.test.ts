import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouseServer, startClickHouseServer } from './server.ts'
import { spawnClickHouseServer } from './spawn.ts'

let dataDir: string
let server: ClickHouseServer
let client: ClickHouseClient

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'recount-http-'))
  server = await startClickHouseServer({ dataDir })
  const admin = createClient({ url: server.url })
  await admin.command({ query: 'CREATE DATABASE shop ENGINE = Atomic' })
  await admin.close()
  client = createClient({ log, url: server.url, database: 'shop' })
  await client.command({ query: 'CREATE TABLE sold (id UInt32, item String) ENGINE = MergeTree ORDER BY id' })
})
afterAll(async () => {
  await client.close()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** The client prints every failure, and here failures are the point. */
const log = { level: ClickHouseLogLevel.OFF }

const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { method: 'POST', body: body as BodyInit, headers })
const sold = async (): Promise<unknown[]> =>
  (await client.query({ query: 'SELECT id, item FROM sold ORDER BY id', format: 'JSONEachRow' })).json()

describe('the ClickHouse test server answers like a server', () => {
  it('says Ok. on /ping', async () => {
    const response = await fetch(`${server.url}/ping`)
    expect([response.status, await response.text()]).toEqual([200, 'Ok.\n'])
  })

  it('answers in tab-separated rows unless told otherwise', async () => {
    expect(await (await post('/', "SELECT 1 AS a, 'x' AS b")).text()).toBe('1\tx\n')
    expect(await (await post('/?default_format=JSONEachRow', 'SELECT 1 AS a')).text()).toBe('{"a":1}\n')
    expect(await (await post('/', 'SELECT 1 AS a', { 'X-ClickHouse-Format': 'CSV' })).text()).toBe('1\n')
    const clause = await post('/?default_format=CSV', 'SELECT 1 AS a FORMAT JSONEachRow')
    expect(clause.headers.get('x-clickhouse-format')).toBe('JSONEachRow')
    expect(await clause.text()).toBe('{"a":1}\n')
  })

  it('fills typed parameters from the URL, escaped as clients escape them', async () => {
    const value = `it's a \\ "tab\t" line\nend 🙂`
    const result = await client.query({
      query: 'SELECT {text:String} AS text, {list:Array(String)} AS list, toString({n:UInt64}) AS n',
      query_params: { text: value, list: [value, ''], n: 42 },
      format: 'JSONEachRow',
    })
    expect(await result.json()).toEqual([{ text: value, list: [value, ''], n: '42' }])
  })

  it('takes settings from the URL for that request alone', async () => {
    const setting = "SELECT getSetting('max_block_size')"
    const normal = await (await post('/', setting)).text()
    expect(await (await post('/?max_block_size=77', setting)).text()).toBe('77\n')
    expect(await (await post('/', setting)).text()).toBe(normal)
    expect((await post('/?no_such_setting=1', 'SELECT 1')).status).toBe(404)
  })

  it('echoes the query id and counts rows in a summary', async () => {
    const response = await post('/?query_id=q-17', 'SELECT number FROM numbers(5)')
    expect(response.headers.get('x-clickhouse-query-id')).toBe('q-17')
    expect(JSON.parse(response.headers.get('x-clickhouse-summary')!)).toMatchObject({ read_rows: '5' })
  })

  it('loads streamed rows in binary and text formats, plain and compressed', async () => {
    await client.command({ query: 'TRUNCATE TABLE sold' })
    const binary = Buffer.from([1, 0, 0, 0, 1, 0x61, 2, 0, 0, 0, 2, 0x62, 0xc3])
    await client.exec({
      query: 'INSERT INTO sold (id, item) SETTINGS async_insert = 0 FORMAT RowBinary',
      values: Readable.from([binary.subarray(0, 3), binary.subarray(3)], { objectMode: false }),
    })
    await client.insert({ table: 'sold', values: [{ id: 3, item: "it's" }], format: 'JSONEachRow' })
    const query = encodeURIComponent('INSERT INTO shop.sold (id, item) FORMAT TSV')
    const zipped = await post(`/?query=${query}`, gzipSync('4\tzip\n'), { 'Content-Encoding': 'gzip' })
    expect(zipped.status).toBe(200)
    expect(JSON.parse(zipped.headers.get('x-clickhouse-summary')!)).toMatchObject({ written_rows: '1' })
    expect((await post('/', 'INSERT INTO shop.sold FORMAT JSONEachRow\n{"id":5,"item":"inline"}')).status).toBe(200)
    expect((await post('/', "INSERT INTO shop.sold VALUES (6, 'values')")).status).toBe(200)
    expect(await sold()).toEqual([
      { id: 1, item: 'a' },
      { id: 2, item: 'b\ufffd' },
      { id: 3, item: "it's" },
      { id: 4, item: 'zip' },
      { id: 5, item: 'inline' },
      { id: 6, item: 'values' },
    ])
  })

  it('inserts nothing for an empty stream', async () => {
    await client.command({ query: 'TRUNCATE TABLE sold' })
    await client.exec({ query: 'INSERT INTO sold FORMAT RowBinary', values: Readable.from([]) })
    expect(await sold()).toEqual([])
  })

  it('compresses the answer only if both sides want it', async () => {
    const ask = async (path: string): Promise<Response> =>
      fetch(`${server.url}${path}`, { method: 'POST', body: 'SELECT 7', headers: { 'Accept-Encoding': 'gzip' } })
    expect((await ask('/')).headers.get('content-encoding')).toBeNull()
    expect((await ask('/?enable_http_compression=1')).headers.get('content-encoding')).toBe('gzip')
    const zipping = createClient({ log, url: server.url, compression: { request: true, response: true } })
    const result = await zipping.query({ query: 'SELECT number FROM numbers(3)', format: 'JSONEachRow' })
    expect(await result.json()).toHaveLength(3)
    await zipping.close()
  })

  it.each([
    ['SELEKT 1', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT * FROM nowhere', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT no_such_function(1)', 404, 46, 'UNKNOWN_FUNCTION'],
    ['SELECT sleep(2) SETTINGS max_execution_time = 1', 408, 159, 'TIMEOUT_EXCEEDED'],
    ["SELECT throwIf(1, 'on purpose')", 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
  ])('reports %s with status %i and code %i', async (sql, status, code, type) => {
    const response = await post('/?database=shop', sql)
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([status, String(code)])
    expect(await response.text()).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: .*\\(${type}\\)`, 's'))
    const error = await client.command({ query: sql }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ClickHouseError)
    expect(error).toMatchObject({ code: String(code) })
  })

  it('refuses to change anything by GET', async () => {
    const get = async (query: string): Promise<Response> => fetch(`${server.url}/?query=${encodeURIComponent(query)}`)
    expect(await (await get('SELECT 2')).text()).toBe('2\n')
    expect((await get('CREATE DATABASE by_get')).headers.get('x-clickhouse-exception-code')).toBe('164')
  })

  it('tells a client that is still sending why its insert failed', async () => {
    const rows = Array.from({ length: 200 }, () => Buffer.alloc(64 * 1024))
    const error = await client
      .exec({ query: 'INSERT INTO nowhere FORMAT RowBinary', values: Readable.from(rows, { objectMode: false }) })
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ code: '60' })
  })

  it('is gone while stopped, and back with its data on the same port', async () => {
    await client.command({ query: 'TRUNCATE TABLE sold' })
    await client.insert({ table: 'sold', values: [{ id: 9, item: 'kept' }], format: 'JSONEachRow' })
    await server.stop()
    await expect(fetch(`${server.url}/ping`)).rejects.toThrow()
    await server.start()
    expect(await sold()).toEqual([{ id: 9, item: 'kept' }])
  })
})

describe('the ClickHouse test server as a process', () => {
  it('survives kill -9 with what it confirmed, and checks its password', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'recount-http-'))
    const own = await spawnClickHouseServer({ dataDir: dir, password: 'secret' })
    try {
      const known = createClient({ log, url: own.url, password: 'secret' })
      await known.command({ query: 'CREATE DATABASE d ENGINE = Atomic' })
      await known.command({ query: 'CREATE TABLE d.t (a UInt8) ENGINE = MergeTree ORDER BY a' })
      await known.command({ query: 'INSERT INTO d.t VALUES (1), (2)' })
      await own.signal('SIGKILL')
      await expect(fetch(`${own.url}/ping`)).rejects.toThrow()
      await own.start()
      const result = await known.query({ query: 'SELECT toString(count()) AS n FROM d.t', format: 'JSONEachRow' })
      expect(await result.json()).toEqual([{ n: '2' }])
      await known.close()
      const stranger = createClient({ log, url: own.url, password: 'wrong' })
      await expect(stranger.command({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' })
      await stranger.close()
    } finally {
      await own.stop()
      await rm(dir, { recursive: true, force: true })
    }
  })
})
