import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SERVE_DEFAULTS } from '../../cli/serve/config.ts'
import { type Recount, startRecount } from '../../cli/serve/start.ts'
import { ProtobufWriter } from '../../schema/otlp/protobuf-writer.ts'
import type { AnyValue, WireSpan } from '../../schema/otlp/wire.ts'
import { hexId, runSpans, traceRequest } from '../support/agent-run.ts'
import { expectConsistent } from '../support/ledger-checks.ts'

/** What must never stop the program, through its own port: each is answered as it should be, and what is sent next is taken, counted and shown. */
const MIB = 1024 ** 2
const dataDir = mkdtempSync(join(tmpdir(), 'recount-requests-'))
const KEYS = { shop: 'rk_shop', other: 'rk_other' } as const
let recount: Recount
let sent = 0

beforeAll(async () => {
  mkdirSync(dataDir, { recursive: true })
  const key = (text: string, projectId: number) => ({
    id: text,
    name: text,
    scope: 'admin',
    projectId,
    hash: createHash('sha256').update(text).digest('hex'),
    createdAt: new Date().toISOString(),
  })
  writeFileSync(join(dataDir, 'keys.json'), JSON.stringify({ keys: [key(KEYS.shop, 1), key(KEYS.other, 2)] }))
  recount = await startRecount({ ...SERVE_DEFAULTS, dataDir, port: 0, otlpHttpPort: 0, log: () => undefined })
})
afterAll(async () => {
  await recount.close(1_000)
  rmSync(dataDir, { recursive: true, force: true })
})

type Body = Uint8Array<ArrayBuffer> | string
interface Answered {
  readonly status: number
  readonly text: string
}

const post = async (body: Body, headers: Record<string, string> = {}, key: string = KEYS.shop): Promise<Answered> => {
  const type = typeof body === 'string' ? 'application/json' : 'application/x-protobuf'
  const answer = await fetch(`${recount.urls.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-api-key': key, ...headers },
    body,
  })
  return { status: answer.status, text: await answer.text() }
}
const ask = async (
  path: string,
  key: string = KEYS.shop,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(`${recount.urls.api}${path}`, { headers: { 'x-api-key': key } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const aSpan = (given: Partial<WireSpan>): WireSpan => ({
  ...runSpans({ number: ++sent, endMs: Date.now() }).at(-1)!,
  ...given,
})

/** An ordinary run goes through: taken, tallied, shown. */
const goesOn = async (): Promise<void> => {
  const spans = runSpans({ number: 10_000 + ++sent, endMs: Date.now() })
  expect((await post(traceRequest(spans))).status).toBe(200)
  await recount.settled()
  const { status, body } = await ask(`/api/traces/${spans[0]!.traceId}`)
  expect(status).toBe(200)
  expect(body.spanCount).toBe(spans.length)
  await expectConsistent(recount.database)
}

test('100 MB, and 10 MB that would be 10 GB: 413, and it goes on', async () => {
  expect((await post(new Uint8Array(100 * MIB))).status).toBe(413)
  for (const [encoding, squeeze] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const) {
    const bomb = new Uint8Array(squeeze(Buffer.alloc(100 * MIB)))
    expect(bomb.length).toBeLessThan(MIB)
    expect((await post(bomb, { 'content-encoding': encoding })).status).toBe(413)
  }
  await goesOn()
})

test('a span of 30,000 attributes is kept whole or refused by name, never half, and its neighbour is kept', async () => {
  const attributes = Array.from({ length: 30_000 }, (_, i) => ({
    key: `attribute.${i}`,
    value: `value ${i}` as AnyValue,
  }))
  const large = aSpan({ attributes })
  const small = aSpan({ traceId: hexId(sent, 'beside', 32) })
  const answer = await post(traceRequest([large, small]))
  expect(answer.status).toBe(200)
  await recount.settled()
  expect((await ask(`/api/traces/${small.traceId}`)).status).toBe(200)
  const { status, body } = await ask(`/api/traces/${large.traceId}/spans/${large.spanId}`)
  if (status === 404) expect(answer.text).toContain('too_many_attributes')
  else expect(Object.keys(body.attributes as object).length).toBeGreaterThanOrEqual(30_000)
  await goesOn()
})

test('values nested a thousand deep, in protobuf and in JSON, cost a value at most', async () => {
  let value: AnyValue = 'core'
  for (let i = 0; i < 1_000; i++) value = { array: [value] }
  const deep = aSpan({ attributes: [{ key: 'deep', value }] })
  expect((await post(traceRequest([deep]))).status).toBe(200)
  const open = '{"arrayValue":{"values":['.repeat(300)
  const close = ']}}'.repeat(300)
  const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${hexId(7, 'deep-json', 32)}","spanId":"00000000000000a1","name":"deep",
    "startTimeUnixNano":"${BigInt(Date.now()) * 1_000_000n}","endTimeUnixNano":"${BigInt(Date.now()) * 1_000_000n}","attributes":[{"key":"deep","value":${open}${close}}]}]}]}]}`
  expect((await post(json)).status).toBe(200)
  expect((await post('['.repeat(1_000_000))).status).toBe(400)
  await recount.settled()
  expect((await ask(`/api/traces/${deep.traceId}`)).status).toBe(200)
  expect((await ask(`/api/traces/${hexId(7, 'deep-json', 32)}`)).status).toBe(200)
  await goesOn()
})

test('invalid UTF-8 is kept as U+FFFD, unknown fields are stepped over, what is cut off is refused', async () => {
  const whole = traceRequest([aSpan({ traceId: hexId(sent, 'utf8', 32), name: 'NAME-TO-BREAK' })])
  const at = Buffer.from(whole).indexOf('NAME-TO-BREAK')
  const broken = Uint8Array.from(whole)
  broken[at + 4] = 0xff
  expect((await post(broken)).status).toBe(200)
  const unknown = new ProtobufWriter()
  unknown.string(900, 'of a later version')
  expect(
    (
      await post(
        Uint8Array.from([...traceRequest([aSpan({ traceId: hexId(sent, 'unknown', 32) })]), ...unknown.finish()]),
      )
    ).status,
  ).toBe(200)
  for (const part of [1, 7, whole.length >> 1, whole.length - 1])
    expect((await post(whole.slice(0, part))).status).toBe(400)
  await recount.settled()
  const [row] = await recount.database.query<{ name: string }>("SELECT name FROM spans WHERE name LIKE 'NAME%BREAK'")
  expect(row?.name).toBe('NAME\ufffdTO-BREAK')
  await goesOn()
})

test('spans of 1970, before retention, of tomorrow and of next year are refused by reason; those hours late count in their hour', async () => {
  const at = (ms: number): Partial<WireSpan> => ({
    traceId: hexId(++sent, 'time', 32),
    startTimeUnixNano: BigInt(ms) * 1_000_000n,
    endTimeUnixNano: BigInt(ms + 1) * 1_000_000n,
  })
  const now = Date.now()
  const late = aSpan(at(now - 20 * 3_600_000))
  const soon = aSpan(at(now + 3_600_000))
  const refused = [0, 1_000, now - 31 * 86_400_000, now + 25 * 3_600_000, now + 366 * 86_400_000].map((ms) =>
    aSpan(at(ms)),
  )
  const answer = await post(traceRequest([late, ...refused, soon]))
  expect(answer.status).toBe(200)
  for (const reason of ['start_time_zero', 'start_time_before_retention', 'start_time_in_future'])
    expect(answer.text).toContain(reason)
  await recount.settled()
  for (const span of [late, soon]) expect((await ask(`/api/traces/${span.traceId}`)).status).toBe(200)
  for (const span of refused) expect((await ask(`/api/traces/${span.traceId}`)).status).toBe(404)
  const metrics = await fetch(`${recount.urls.api}/metrics`, { headers: { 'x-api-key': KEYS.shop } })
  expect(await metrics.text()).toMatch(/start_time_in_future"\} 2/)
  await goesOn()
})

test('a key of one project neither sees nor touches another: the same ids are two runs', async () => {
  const mine = runSpans({ number: 77_001, endMs: Date.now(), session: 'secret-session' })
  const theirs = mine.slice(-1)
  expect((await post(traceRequest(mine))).status).toBe(200)
  await recount.settled()
  const traceId = mine[0]!.traceId
  const paths = [
    `/api/traces/${traceId}`,
    `/api/traces/${traceId}/replay`,
    `/api/traces/${traceId}/spans/${mine[0]!.spanId}`,
    '/api/sessions/secret-session',
    '/api/sessions/secret-session/replay',
  ]
  for (const path of paths) {
    expect((await ask(path)).status, path).toBe(200)
    expect((await ask(path, KEYS.other)).status, path).toBe(404)
  }
  for (const path of ['/api/sessions', '/api/traces', '/api/agents', '/api/models', '/api/tools']) {
    const { status, body } = await ask(path, KEYS.other)
    expect(status, path).toBe(200)
    expect(body.items, path).toEqual([])
  }
  expect((await ask('/api/overview', KEYS.other)).body).toMatchObject({ spans: 0, runs: 0 })
  expect((await post(traceRequest(theirs), {}, KEYS.other)).status).toBe(200)
  await recount.settled()
  expect((await ask(`/api/traces/${traceId}`, KEYS.other)).body.spanCount).toBe(theirs.length)
  expect((await ask(`/api/traces/${traceId}`)).body.spanCount).toBe(mine.length)
  expect((await post(traceRequest(mine), {}, 'rk_guessed')).status).toBe(401)
  expect((await ask(`/api/traces/${traceId}`, 'rk_guessed')).status).toBe(401)
})
