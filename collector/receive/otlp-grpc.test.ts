import { connect } from 'node:http2'
import { createConnection } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { DoorConfig } from '../../schema/http/doors.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import { encodeExportResponse } from '../../schema/otlp/encode-protobuf.ts'
import { callGrpc, METHODS } from '../../test/support/grpc-client.ts'
import { BODY, MIB, until } from '../../test/support/otlp-receiver.ts'
import type { AcceptResult, OtlpRequest } from '../pipeline-types.ts'
import { acknowledgeOnce } from './acknowledged.ts'
import { receiveMeters } from './meters.ts'
import { createOtlpGrpcServer, type OtlpGrpcOptions } from './otlp-grpc.ts'

interface Setup {
  readonly answer?: (request: OtlpRequest) => Promise<AcceptResult> | AcceptResult
  readonly limits?: OtlpGrpcOptions['limits']
  readonly doors?: Partial<DoorConfig>
  readonly key?: string
}

const ACCEPTED: AcceptResult = { kind: 'accepted', accepted: 1, rejections: [] }

async function start({ answer = () => ACCEPTED, limits, doors, key }: Setup = {}) {
  const meters = receiveMeters(new MetricsRegistry())
  const seen: OtlpRequest[] = []
  const server = createOtlpGrpcServer({
    consumer: acknowledgeOnce(
      async (request) => {
        seen.push(request)
        return answer(request)
      },
      { meters },
    ),
    authenticate: ({ authorization, ...headers }) =>
      key === undefined || headers['x-api-key'] === key || authorization === `Bearer ${key}`
        ? { projectId: 7 }
        : undefined,
    doors: { hosts: [], corsOrigins: [], keysRequired: false, ...doors },
    meters,
    log: (message) => console.error(message),
    ...(limits ? { limits } : {}),
  })
  onTestFinished(() => server.stop(0))
  const { port } = await server.listen(0, '127.0.0.1')
  return { server, port, seen, meters }
}

/** RetryInfo as it stands in `google.rpc.Status`: its type's name, then Duration of that many seconds. */
const hasRetryInfo = (status: Buffer): boolean => status.includes('type.googleapis.com/google.rpc.RetryInfo')

describe('Export over gRPC', () => {
  it.each([
    ['traces', METHODS.traces],
    ['logs', METHODS.logs],
    ['metrics', METHODS.metrics],
  ] as const)('hands the bytes of %s on as they came, as protobuf', async (signal, path) => {
    const { port, seen } = await start()
    expect(await callGrpc(port, BODY, { path })).toMatchObject({ code: 0, body: Buffer.alloc(0) })
    expect(seen).toMatchObject([{ signal, encoding: 'protobuf', protocol: 'grpc', projectId: 7 }])
    expect(Buffer.from(seen[0]!.body).equals(Buffer.from(BODY))).toBe(true)
  })

  it.each([
    ['gzip', 2],
    ['deflate', 1],
  ] as const)('reads %s', async (_, compression) => {
    const { port, seen, meters } = await start()
    expect((await callGrpc(port, BODY, { compression })).code).toBe(0)
    expect(Buffer.from(seen[0]!.body).equals(Buffer.from(BODY))).toBe(true)
    expect(meters.wireBytes.value({ signal: 'traces' })).toBeLessThan(BODY.length)
  })

  it('an empty message is a success, and reaches nobody', async () => {
    const { port, seen } = await start()
    expect((await callGrpc(port, new Uint8Array())).code).toBe(0)
    expect(seen).toHaveLength(0)
  })

  it('says in partial_success what was refused for good, with code OK', async () => {
    const { port } = await start({
      answer: () => ({
        kind: 'accepted',
        accepted: 1,
        rejections: [{ reason: 'bad_trace_id', count: 3, sample: 'trace id ""' }],
      }),
    })
    const { code, body } = await callGrpc(port, BODY)
    expect(code).toBe(0)
    const message = '3 rejected: bad_trace_id ×3 (trace id "")'
    expect(body.equals(Buffer.from(encodeExportResponse(3, message)))).toBe(true)
  })

  it('acknowledges the same bytes once, whichever way they came the second time', async () => {
    const { port, seen } = await start()
    await callGrpc(port, BODY)
    await callGrpc(port, BODY, { compression: 2 })
    expect(seen).toHaveLength(1)
  })

  it('takes calls side by side on one connection and on many', async () => {
    const { port, seen } = await start()
    const bodies = Array.from({ length: 60 }, (_, i) => Buffer.concat([BODY, BODY.subarray(0, 0), varint(i)]))
    const codes = await Promise.all(bodies.map((body) => callGrpc(port, body)))
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set([0]))
    expect(seen).toHaveLength(60)
  })
})

describe('a refusal over gRPC', () => {
  it('while there is no room is UNAVAILABLE with RetryInfo', async () => {
    const { port } = await start({
      answer: () => ({ kind: 'unavailable', reason: 'spool_full', retryAfterSeconds: 2 }),
    })
    const { code, message, status } = await callGrpc(port, BODY)
    expect([code, message]).toEqual([14, 'spool_full'])
    expect(hasRetryInfo(status)).toBe(true)
  })

  it('above the limit is RESOURCE_EXHAUSTED without RetryInfo, plain, announced or decompressed', async () => {
    const { port, seen, meters } = await start({ limits: { requestBytesMax: MIB } })
    for (const compression of [0, 2]) {
      const { code, status } = await callGrpc(port, Buffer.alloc(MIB + 1), { compression })
      expect(code).toBe(8)
      expect(hasRetryInfo(status)).toBe(false)
    }
    expect(seen).toHaveLength(0)
    expect(meters.inFlightBytes.value()).toBe(0)
  })

  it('of bytes that cannot be decoded is INVALID_ARGUMENT, with what is wrong', async () => {
    const { port } = await start({ answer: () => ({ kind: 'invalid', message: 'byte 3 of 9: 100 % broken — ü' }) })
    expect(await callGrpc(port, BODY)).toMatchObject({ code: 3, message: 'byte 3 of 9: 100 % broken — ü' })
  })

  it('without a key, or with a wrong one, is UNAUTHENTICATED; the key may stand in either place', async () => {
    const { port } = await start({ key: 'rk_right' })
    expect((await callGrpc(port, BODY)).code).toBe(16)
    expect((await callGrpc(port, BODY, { metadata: { authorization: 'Bearer rk_wrong' } })).code).toBe(16)
    expect((await callGrpc(port, BODY, { metadata: { authorization: 'Bearer rk_right' } })).code).toBe(0)
    expect((await callGrpc(port, BODY, { metadata: { 'x-api-key': 'rk_right' } })).code).toBe(0)
  })

  it('of an unknown method is UNIMPLEMENTED', async () => {
    const { port } = await start()
    expect(
      (await callGrpc(port, BODY, { path: '/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export' })).code,
    ).toBe(12)
  })

  it('of a defect of ours may be sent again', async () => {
    const { port } = await start({
      answer: () => {
        throw new Error('on purpose')
      },
    })
    const { code, status } = await callGrpc(port, BODY)
    expect(code).toBe(14)
    expect(hasRetryInfo(status)).toBe(true)
  })

  it('of more bytes at once than the budget has is UNAVAILABLE, and the room comes back', async () => {
    let finish: (result: AcceptResult) => void = () => undefined
    let held = 0
    const { port, meters } = await start({
      limits: { inFlightBytesMax: 3 * MIB },
      answer: () => {
        held++
        return new Promise((resolve) => {
          finish = resolve
        })
      },
    })
    const first = callGrpc(port, Buffer.alloc(2 * MIB, 1))
    await until(() => held === 1)
    const { code, status } = await callGrpc(port, Buffer.alloc(2 * MIB, 2))
    expect([code, hasRetryInfo(status)]).toEqual([14, true])
    finish(ACCEPTED)
    expect((await first).code).toBe(0)
    expect(meters.inFlightBytes.value()).toBe(0)
  })
})

describe('a client that knows no gRPC', () => {
  /** A call by hand on HTTP/2. */
  const call = async (port: number, headers: Record<string, string>, ...parts: readonly Uint8Array[]) => {
    const session = connect(`http://127.0.0.1:${port}`)
    onTestFinished(() => session.destroy())
    const stream = session.request({
      ':method': 'POST',
      ':path': METHODS.traces,
      'content-type': 'application/grpc',
      ...headers,
    })
    const got: Record<string, unknown> = {}
    stream.on('response', (answer) => Object.assign(got, answer))
    stream.on('trailers', (answer) => Object.assign(got, answer))
    stream.on('error', () => undefined)
    stream.resume()
    const closed = new Promise((resolve) => stream.on('close', resolve))
    for (const part of parts) {
      if (!stream.destroyed) stream.write(part)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    stream.end()
    await closed
    return got
  }
  const frame = (flag: number, length: number, message: Uint8Array): Buffer => {
    const head = Buffer.alloc(5)
    head.writeUInt8(flag, 0)
    head.writeUInt32BE(length, 1)
    return Buffer.concat([head, message])
  }

  it('may send its message byte by byte', async () => {
    const { port, seen } = await start()
    const whole = frame(0, BODY.length, BODY)
    const parts = [whole.subarray(0, 1), whole.subarray(1, 3), whole.subarray(3, 6), whole.subarray(6)]
    expect(await call(port, {}, ...parts)).toMatchObject({ ':status': 200, 'grpc-status': '0' })
    expect(seen).toHaveLength(1)
  })

  it('hears of a foreign Host, a foreign Origin and another media type', async () => {
    const { port, seen } = await start()
    const whole = frame(0, BODY.length, BODY)
    expect(await call(port, { ':authority': 'evil.example' }, whole)).toMatchObject({ 'grpc-status': '7' })
    expect(await call(port, { origin: 'https://evil.example' }, whole)).toMatchObject({ 'grpc-status': '7' })
    expect(await call(port, { 'content-type': 'application/json' }, whole)).toMatchObject({ 'grpc-status': '3' })
    expect(await call(port, { 'grpc-encoding': 'snappy' }, whole)).toMatchObject({ 'grpc-status': '12' })
    expect(seen).toHaveLength(0)
  })

  it('hears of a message that is short, doubled, missing or not what it says', async () => {
    const { port, seen } = await start()
    const cases = [
      frame(0, BODY.length + 1, BODY),
      Buffer.concat([frame(0, BODY.length, BODY), frame(0, 1, new Uint8Array(1))]),
      frame(2, BODY.length, BODY),
      Buffer.alloc(3),
      Buffer.alloc(0),
    ]
    for (const body of cases) expect(await call(port, {}, body)).toMatchObject({ 'grpc-status': '3' })
    expect(await call(port, { 'grpc-encoding': 'gzip' }, frame(1, BODY.length, BODY))).toMatchObject({
      'grpc-status': '3',
    })
    expect(seen).toHaveLength(0)
  })

  it('that sends a bomb costs what the limit allows', async () => {
    const { port, seen } = await start()
    const bomb = gzipSync(Buffer.alloc(200 * MIB))
    const got = await call(port, { 'grpc-encoding': 'gzip' }, frame(1, bomb.length, bomb))
    expect(got).toMatchObject({ 'grpc-status': '8' })
    expect(seen).toHaveLength(0)
  })

  it('that announces more than the limit is told before it sends it', async () => {
    const { port } = await start({ limits: { requestBytesMax: MIB } })
    expect(await call(port, {}, frame(0, 64 * MIB, Buffer.alloc(10)))).toMatchObject({ 'grpc-status': '8' })
  })

  it('that goes away or is too slow leaves nothing behind', async () => {
    const { port, meters, seen } = await start({ limits: { requestTimeoutMs: 300 } })
    const open = (): ReturnType<typeof connect> => {
      const session = connect(`http://127.0.0.1:${port}`)
      session.on('error', () => undefined)
      const stream = session.request({ ':method': 'POST', ':path': METHODS.traces, 'content-type': 'application/grpc' })
      stream.on('error', () => undefined)
      stream.write(frame(0, BODY.length, BODY.subarray(0, 100)))
      return session
    }
    const gone = open()
    await until(() => meters.requests.value({ signal: 'traces' }) === 1)
    gone.destroy()
    await until(() => meters.aborted.value({ signal: 'traces' }) === 1)
    const slow = open()
    await until(() => meters.aborted.value({ signal: 'traces' }) === 2)
    expect(meters.inFlightBytes.value()).toBe(0)
    expect(seen).toHaveLength(0)
    slow.destroy()
    expect((await callGrpc(port, BODY)).code).toBe(0)
  })

  it('that speaks HTTP/1 or nothing at all does no harm', async () => {
    const { port } = await start()
    const socket = createConnection(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    socket.write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await new Promise((resolve) => socket.on('close', resolve))
    expect((await callGrpc(port, BODY)).code).toBe(0)
  })
})

describe('stopping', () => {
  it('lets a call under way finish, and takes no other', async () => {
    let finish: (result: AcceptResult) => void = () => undefined
    const { port, server, seen } = await start({
      answer: () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    })
    const running = callGrpc(port, BODY)
    await until(() => seen.length === 1)
    const stopped = server.stop(5_000)
    expect((await callGrpc(port, BODY)).code).toBe(14)
    finish(ACCEPTED)
    expect((await running).code).toBe(0)
    await stopped
  })
})

/** An unknown field, so that bodies differ. */
const varint = (n: number): Buffer => Buffer.from([0x78, n & 0x7f])
