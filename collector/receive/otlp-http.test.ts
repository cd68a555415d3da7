import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  BODY,
  head,
  JSON_BODY,
  JSON_TYPE,
  json,
  PROTOBUF,
  pb,
  raw,
  send,
  startReceiver,
  until,
} from '../../test/support/otlp-receiver.ts'
import type { AcceptResult } from '../pipeline-types.ts'

describe('a good request', () => {
  it('in protobuf gets 200 with an empty ExportTraceServiceResponse', async () => {
    const { port, seen } = await startReceiver()
    const got = await send(port, { headers: pb(), body: BODY })
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': PROTOBUF, 'content-length': '0' } })
    expect(seen).toMatchObject([{ projectId: 7, signal: 'traces', encoding: 'protobuf' }])
    expect(Buffer.from(seen[0]!.body).equals(BODY)).toBe(true)
  })

  it('in JSON, with parameters to the content type, gets 200 with {}', async () => {
    const { port, seen } = await startReceiver()
    const got = await send(port, { headers: { 'content-type': 'Application/JSON; charset=utf-8' }, body: JSON_BODY })
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': JSON_TYPE } })
    expect(got.body.toString()).toBe('{}')
    expect(seen[0]).toMatchObject({ encoding: 'json' })
  })

  it.each([
    ['gzip', gzipSync(BODY)],
    ['x-gzip', gzipSync(BODY)],
    ['GZIP', gzipSync(BODY)],
    ['deflate', deflateSync(BODY)],
    ['identity', Buffer.from(BODY)],
    ['gzip', Buffer.concat([gzipSync(BODY.subarray(0, 100)), gzipSync(BODY.subarray(100))])],
  ])('may be compressed: %s', async (encoding, body) => {
    const { port, seen, meters } = await startReceiver()
    expect((await send(port, { headers: pb({ 'content-encoding': encoding }), body })).status).toBe(200)
    expect(Buffer.from(seen[0]!.body).equals(BODY)).toBe(true)
    expect(meters.bytes.value({ signal: 'traces' })).toBe(BODY.length)
    expect(meters.wireBytes.value({ signal: 'traces' })).toBe(body.length)
  })

  it('may come in chunks of one byte, without a length', async () => {
    const { port, seen } = await startReceiver()
    const bytes = Readable.from([...BODY.subarray(0)].map((byte) => Buffer.from([byte])))
    expect((await send(port, { headers: pb(), body: bytes })).status).toBe(200)
    expect(Buffer.from(seen[0]!.body).equals(BODY)).toBe(true)
  })

  it('may be empty', async () => {
    const { port, seen } = await startReceiver()
    expect(await send(port, { headers: pb() })).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(seen).toHaveLength(0)
    expect((await send(port, { headers: json(), body: '{}' })).body.toString()).toBe('{}')
    expect((await send(port, { path: '/v1/logs', headers: json(), body: '{"resourceLogs":[]}' })).status).toBe(200)
  })

  it('may be logs, and may have a query behind its path', async () => {
    const { port, seen } = await startReceiver()
    await send(port, {
      path: '/v1/logs?x=1',
      headers: json(),
      body: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}',
    })
    expect(seen[0]).toMatchObject({ signal: 'logs' })
  })

  it('may announce itself with Expect: 100-continue', async () => {
    const { port, seen } = await startReceiver()
    const got = await raw(
      port,
      [head({ 'content-length': String(BODY.length), expect: '100-continue' }), BODY],
      'HTTP/1.1 200',
    )
    expect(got).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(seen).toHaveLength(1)
  })

  it('keeps its connection for the next one', async () => {
    const { port, seen } = await startReceiver()
    const one = [head({ 'content-length': String(BODY.length) }), BODY] as const
    const got = await raw(port, [...one, ...one], /200 OK[\s\S]*200 OK/)
    expect(got.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(seen).toHaveLength(1) // the second had the same bytes
  })

  it('of 1,000 at once is answered each', async () => {
    const { port, seen } = await startReceiver()
    const bodies = Array.from({ length: 1000 }, (_, i) => `{"resourceSpans":[],"n":${i}}`)
    const got = await Promise.all(bodies.map((body) => send(port, { headers: json(), body })))
    expect(got.every(({ status }) => status === 200)).toBe(true)
    expect(seen).toHaveLength(1000)
  })
})

describe('a request of which some can never be kept', () => {
  const rejections = [
    { reason: 'bad_trace_id', count: 2, sample: 'trace id of 3 bytes' },
    { reason: 'start_time_zero', count: 1, sample: 'span "chat"' },
  ] as const
  const answer = (): AcceptResult => ({ kind: 'accepted', accepted: 5, rejections })

  it('gets 200 with partialSuccess in JSON', async () => {
    const { port } = await startReceiver({ answer })
    const traces = await send(port, { headers: json(), body: JSON_BODY })
    expect(traces.status).toBe(200)
    expect(JSON.parse(traces.body.toString())).toEqual({
      partialSuccess: {
        rejectedSpans: '3',
        errorMessage: '3 rejected: bad_trace_id ×2 (trace id of 3 bytes); start_time_zero ×1 (span "chat")',
      },
    })
    const logs = await send(port, { path: '/v1/logs', headers: json(), body: '{"a":1}' })
    expect(JSON.parse(logs.body.toString())).toMatchObject({ partialSuccess: { rejectedLogRecords: '3' } })
  })

  it('gets 200 with partial_success in protobuf', async () => {
    const { port } = await startReceiver({ answer })
    const { status, body } = await send(port, { headers: pb(), body: BODY })
    expect(status).toBe(200)
    expect([...body.subarray(0, 1), ...body.subarray(2, 5)]).toEqual([0x0a, 0x08, 3, 0x12])
    expect(body.toString()).toContain('bad_trace_id ×2')
  })
})

describe('a request sent again', () => {
  it('is acknowledged again without being passed on, in whatever compression it comes', async () => {
    const { port, seen, meters } = await startReceiver()
    for (const [body, encoding] of [
      [BODY, 'identity'],
      [BODY, 'identity'],
      [gzipSync(BODY), 'gzip'],
    ] as const)
      expect((await send(port, { headers: pb({ 'content-encoding': encoding }), body })).status).toBe(200)
    expect(seen).toHaveLength(1)
    expect(meters.duplicates.value({ signal: 'traces' })).toBe(2)
    expect(meters.acknowledged.value({ signal: 'traces' })).toBe(1)
  })
})

describe('CORS', () => {
  const origin = 'https://app.example.com'
  const asked = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,x-api-key',
  }

  it('is answered for the origins of --cors-origin, on errors too, and without a key before the request itself', async () => {
    const { port } = await startReceiver({ doors: { corsOrigins: [origin] }, key: 'rk_secret' })
    const preflight = await send(port, { method: 'OPTIONS', headers: asked })
    expect(preflight).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type,x-api-key',
      },
    })
    const refused = await send(port, { headers: json({ origin }), body: JSON_BODY })
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, origin])
    const good = await send(port, { headers: json({ origin, 'x-api-key': 'rk_secret' }), body: JSON_BODY })
    expect([good.status, good.headers['access-control-allow-origin']]).toEqual([200, origin])
  })

  it('is off otherwise: a preflight from another origin gets 403, from loopback 405 without CORS headers', async () => {
    const { port } = await startReceiver()
    expect((await send(port, { method: 'OPTIONS', headers: asked })).status).toBe(403)
    const local = await send(port, { method: 'OPTIONS', headers: { ...asked, origin: 'http://localhost:3000' } })
    expect([local.status, local.headers['access-control-allow-origin']]).toEqual([405, undefined])
  })
})

describe('stopping', () => {
  it('lets a request finish and takes no new ones', async () => {
    let finish: (result: AcceptResult) => void = () => {}
    let held = false
    const { port, server } = await startReceiver({
      answer: () => {
        held = true
        return new Promise((resolve) => {
          finish = resolve
        })
      },
    })
    const last = send(port, { headers: pb(), body: BODY })
    await until(() => held)
    const stopped = server.stop(5000)
    await expect(send(port, { headers: pb(), body: BODY })).rejects.toThrow('ECONNREFUSED')
    finish({ kind: 'accepted', accepted: 1, rejections: [] })
    const got = await last
    expect([got.status, got.headers.connection]).toEqual([200, 'close'])
    await stopped
  })

  it('cuts off what does not finish in time', async () => {
    const { port, server } = await startReceiver({ answer: () => new Promise(() => {}) })
    const stuck = send(port, { headers: pb(), body: BODY }).catch((error: Error) => error.message)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await server.stop(50)
    expect(await stuck).toContain('socket hang up')
  })

  it('says which port is taken', async () => {
    const { port } = await startReceiver()
    const { server } = await startReceiver()
    await server.stop(0)
    await expect(server.listen(port, '127.0.0.1')).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port,
    } satisfies Partial<AddressInfo> & { code: string })
  })
})
