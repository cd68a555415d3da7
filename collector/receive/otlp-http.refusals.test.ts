import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  BODY,
  JSON_BODY,
  JSON_TYPE,
  MIB,
  PROTOBUF,
  send,
  startReceiver,
  statusOf,
} from '../../test/support/otlp-receiver.ts'

describe.each([
  ['protobuf', PROTOBUF],
  ['json', JSON_TYPE],
])('a refusal of %s has a google.rpc.Status in that encoding:', (name, type) => {
  const body = name === 'protobuf' ? BODY : JSON_BODY
  const headers = { 'content-type': type }

  it('400 for a body that is not what it claims, saying where it broke', async () => {
    const { port } = await startReceiver()
    for (const bad of [name === 'protobuf' ? BODY.subarray(0, 2000) : JSON_BODY.slice(0, 2000), 'hello']) {
      const got = await send(port, { headers, body: bad })
      expect(got.status).toBe(400)
      expect(statusOf(got)).toMatchObject({ code: 3, message: expect.stringMatching(/byte \d+|JSON/) })
      expect(got.headers['retry-after']).toBeUndefined()
    }
  })

  it('400 for what the next stage calls invalid', async () => {
    const { port } = await startReceiver({ answer: () => ({ kind: 'invalid', message: 'nothing of it is telemetry' }) })
    const got = await send(port, { headers, body })
    expect(got.status).toBe(400)
    expect(statusOf(got)).toEqual({ code: 3, message: 'nothing of it is telemetry' })
  })

  it('400 for gzip that is cut off, damaged or none', async () => {
    const { port } = await startReceiver()
    const zipped = gzipSync(body)
    const damaged = Buffer.from(zipped)
    damaged[20]! ^= 0xff
    for (const bad of [zipped.subarray(0, zipped.length - 10), damaged, Buffer.from('not gzip'), Buffer.alloc(0)]) {
      const got = await send(port, { headers: { ...headers, 'content-encoding': 'gzip' }, body: bad })
      expect([got.status, got.headers['content-type']]).toEqual([400, type])
      expect(statusOf(got)).toMatchObject({ code: 3, message: expect.stringContaining('the body is not gzip') })
    }
  })

  it('401 without a key, naming the headers', async () => {
    const { port, seen } = await startReceiver({ key: 'rk_secret' })
    const got = await send(port, { headers, body })
    expect(got.status).toBe(401)
    expect(got.headers['www-authenticate']).toBe('Bearer')
    expect(statusOf(got)).toMatchObject({ code: 16, message: expect.stringContaining('x-api-key') })
    expect((await send(port, { headers: { ...headers, 'x-api-key': 'rk_secret' }, body })).status).toBe(200)
    expect(seen).toHaveLength(1)
  })

  it('403 for a foreign Host or Origin', async () => {
    const { port, seen } = await startReceiver({ key: 'rk_secret' })
    const foreigners: Record<string, string>[] = [
      { host: 'evil.example' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]
    for (const foreign of foreigners) {
      const got = await send(port, { headers: { ...headers, ...foreign, 'x-api-key': 'rk_secret' }, body })
      expect(got.status).toBe(403)
      expect(statusOf(got).code).toBe(7)
    }
    expect(seen).toHaveLength(0)
  })

  it('404 for other paths', async () => {
    const { port } = await startReceiver()
    for (const path of ['/', '/v1/trace', '/v1/traces/', '/v1development/profiles'])
      expect((await send(port, { path, headers, body })).status).toBe(404)
  })

  it('405 for another method', async () => {
    const { port } = await startReceiver()
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const got = await send(port, { method, headers, body: '' })
      expect(got.status).toBe(405)
      expect(got.headers.allow).toBe('POST')
      expect(statusOf(got).message).toContain('POST')
    }
  })

  it('413 for a body of 65 MiB, announced or not', async () => {
    const { port, seen } = await startReceiver()
    const big = Buffer.alloc(65 * MIB)
    for (const sent of [big, Readable.from([big.subarray(0, 32 * MIB), big.subarray(0, 33 * MIB)])]) {
      const got = await send(port, { headers, body: sent })
      expect(got.status).toBe(413)
      expect(statusOf(got)).toMatchObject({ code: 8, message: expect.stringContaining('67108864') })
    }
    expect(seen).toHaveLength(0)
  })

  it('415 for an encoding that is not read, saying which are', async () => {
    const { port } = await startReceiver()
    for (const encoding of ['br', 'gzip, gzip']) {
      const got = await send(port, { headers: { ...headers, 'content-encoding': encoding }, body })
      expect(got.status).toBe(415)
      expect(statusOf(got).message).toContain('supported: identity, gzip, deflate')
    }
  })

  it('503 with Retry-After, 1 to 5 s, while the next stage cannot take it', async () => {
    const seconds = [0, 2.2, 60]
    const { port } = await startReceiver({
      answer: () => ({ kind: 'unavailable', reason: 'spool full', retryAfterSeconds: seconds.shift() ?? 1 }),
    })
    for (const wanted of ['1', '3', '5']) {
      const got = await send(port, { headers, body })
      expect([got.status, got.headers['retry-after']]).toEqual([503, wanted])
      expect(statusOf(got)).toEqual({ code: 14, message: 'spool full' })
    }
  })

  it('503, never 500, for a fault of ours, which is logged and not told', async () => {
    const { port, logged } = await startReceiver({
      answer: () => {
        throw new Error('secret detail')
      },
    })
    const got = await send(port, { headers, body })
    expect([got.status, got.headers['retry-after']]).toEqual([503, '1'])
    expect(statusOf(got)).toEqual({ code: 14, message: 'an unexpected error; send it again' })
    expect(logged[0]).toContain('secret detail')
  })
})

describe('a content type that is not read', () => {
  it('gets 415 in JSON, saying which are', async () => {
    const { port } = await startReceiver()
    for (const type of ['text/plain', 'application/x-protobufs', undefined]) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
      const got = await send(port, { headers, body: BODY })
      expect(got.status).toBe(415)
      expect(statusOf(got).message).toContain('supported: application/x-protobuf, application/json')
    }
  })
})
