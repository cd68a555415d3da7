import { readFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import { encodeExportResponse } from '../../schema/otlp/encode-protobuf.ts'
import type { Signal } from '../../schema/otlp/wire.ts'
import { callGrpc, METHODS } from '../../test/support/grpc-client.ts'
import {
  BODY,
  JSON_BODY,
  JSON_TYPE,
  json,
  MIB,
  PROTOBUF,
  pb,
  send,
  startReceiver,
  statusOf,
  TRACES,
  until,
} from '../../test/support/otlp-receiver.ts'
import type { AcceptResult } from '../pipeline-types.ts'
import { receiveMeters } from './meters.ts'
import { createOtlpGrpcServer } from './otlp-grpc.ts'
import { createOtlpHttpServer, OTLP_HTTP_LIMITS } from './otlp-http.ts'

/**
 * The duties of an OTLP server, one by one (opentelemetry-proto docs/specification.md). What they mean in every corner is tested beside each part; here is
 * the list, so that none is forgotten.
 */
const SIGNALS: readonly Signal[] = ['traces', 'logs', 'metrics']
const accepted: AcceptResult = { kind: 'accepted', accepted: 1, rejections: [] }
const answering = (answer: AcceptResult) => startReceiver({ answer: () => answer })

const tls = {
  cert: readFileSync(new URL('../../test/support/tls/localhost.cert.pem', import.meta.url)),
  key: readFileSync(new URL('../../test/support/tls/localhost.key.pem', import.meta.url)),
}
const plainOptions = () => ({
  consumer: async () => accepted,
  authenticate: () => ({ projectId: 1 }),
  doors: { hosts: [], corsOrigins: [], keysRequired: false },
  meters: receiveMeters(new MetricsRegistry()),
})
const startGrpc = async (answer: AcceptResult = accepted) => {
  const server = createOtlpGrpcServer({ ...plainOptions(), consumer: async () => answer })
  onTestFinished(() => server.stop(0))
  return (await server.listen(0, '127.0.0.1')).port
}

describe('an OTLP server', () => {
  it('1. takes POST at /v1/traces, /v1/logs, /v1/metrics in protobuf and JSON on one port, and gRPC on another', async () => {
    const { port, seen } = await answering(accepted)
    for (const signal of SIGNALS) {
      expect((await send(port, { path: `/v1/${signal}`, headers: pb(), body: BODY })).status).toBe(200)
      expect((await send(port, { path: `/v1/${signal}`, headers: json(), body: JSON_BODY })).status).toBe(200)
    }
    expect(seen.map(({ signal, encoding }) => `${signal} ${encoding}`)).toEqual(
      SIGNALS.flatMap((signal) => [`${signal} protobuf`, `${signal} json`]),
    )
    expect((await send(port, { method: 'GET', headers: pb() })).status).toBe(405)
    const grpc = await startGrpc()
    for (const signal of SIGNALS) expect((await callGrpc(grpc, BODY, { path: METHODS[signal] })).code).toBe(0)
  })

  it('2. reads none, gzip, deflate and zstd, and says 415 for others', async () => {
    const { port, seen } = await answering(accepted)
    const raw = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50]), rawBlock(BODY)])
    const bodies = { identity: Buffer.from(BODY), gzip: gzipSync(BODY), deflate: deflateSync(BODY), zstd: raw }
    for (const [encoding, body] of Object.entries(bodies))
      expect((await send(port, { headers: pb({ 'content-encoding': encoding }), body })).status, encoding).toBe(200)
    // The same bytes each time: the first is handed on, the others are the same request again.
    expect(seen).toHaveLength(1)
    expect((await send(port, { headers: pb({ 'content-encoding': 'snappy' }), body: BODY })).status).toBe(415)
  })

  it('3. limits requests to 64 MiB, also after decompression: 413, or RESOURCE_EXHAUSTED that must not be sent again', async () => {
    expect(OTLP_HTTP_LIMITS.requestBytesMax).toBe(64 * MIB)
    const { port } = await answering(accepted)
    const large = Buffer.alloc(64 * MIB + 1)
    expect((await send(port, { headers: pb(), body: large })).status).toBe(413)
    const zipped = gzipSync(large, { level: 1 })
    expect((await send(port, { headers: pb({ 'content-encoding': 'gzip' }), body: zipped })).status).toBe(413)
    const { code, status } = await callGrpc(await startGrpc(), large)
    expect([code, status.includes('RetryInfo')]).toEqual([8, false])
  })

  it('4. answers in the encoding of the request, with parameters or without; another media type is 415', async () => {
    const { port } = await answering(accepted)
    for (const type of [PROTOBUF, JSON_TYPE, `${JSON_TYPE}; charset=utf-8`]) {
      const got = await send(port, { headers: { 'content-type': type }, body: type === PROTOBUF ? BODY : JSON_BODY })
      expect([got.status, got.headers['content-type']]).toEqual([200, type.split(';')[0]])
    }
    expect((await send(port, { headers: { 'content-type': 'text/plain' }, body: BODY })).status).toBe(415)
  })

  it('5. answers full success without partial_success: an empty message, {}; an empty request is one', async () => {
    const { port } = await answering(accepted)
    expect((await send(port, { headers: pb(), body: BODY })).body).toHaveLength(0)
    expect((await send(port, { headers: pb(), body: '' })).status).toBe(200)
    expect((await send(port, { headers: json(), body: '{}' })).body.toString()).toBe('{}')
    expect((await callGrpc(await startGrpc(), new Uint8Array())).code).toBe(0)
  })

  it('6. counts what it refuses for good in partial_success, in the field of each signal', async () => {
    const rejections = [{ reason: 'start_time_zero', count: 2, sample: 'start time is 0' }] as const
    const answer: AcceptResult = { kind: 'accepted', accepted: 1, rejections }
    const { port } = await answering(answer)
    const fields = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' }
    for (const signal of SIGNALS) {
      const got = await send(port, { path: `/v1/${signal}`, headers: json(), body: JSON_BODY })
      expect([got.status, JSON.parse(got.body.toString())]).toEqual([
        200,
        { partialSuccess: { [fields[signal]]: '2', errorMessage: '2 rejected: start_time_zero ×2 (start time is 0)' } },
      ])
      const { code, body } = await callGrpc(await startGrpc(answer), BODY, { path: METHODS[signal] })
      const wanted = encodeExportResponse(2, '2 rejected: start_time_zero ×2 (start time is 0)')
      expect([code, body.equals(Buffer.from(wanted))]).toEqual([0, true])
    }
  })

  it('7. explains every error as google.rpc.Status in the encoding of the request', async () => {
    const { port } = await answering({ kind: 'invalid', message: 'broken' })
    for (const headers of [pb(), json()])
      expect(statusOf(await send(port, { headers, body: 'x' }))).toEqual({ code: 3, message: 'broken' })
    expect(statusOf(await send(port, { path: '/v1/none', headers: pb(), body: BODY })).code).toBe(12)
  })

  it('8. answers 400 what can never pass and 503 what can pass later, and never 500', async () => {
    const invalid = await answering({ kind: 'invalid', message: 'broken' })
    expect((await send(invalid.port, { headers: pb(), body: BODY })).status).toBe(400)
    const failing = await startReceiver({
      answer: () => {
        throw new Error('a defect')
      },
    })
    expect((await send(failing.port, { headers: pb(), body: BODY })).status).toBe(503)
  })

  it('9. throttles with Retry-After of 1 to 5 s, or UNAVAILABLE with RetryInfo', async () => {
    const answer: AcceptResult = { kind: 'unavailable', reason: 'spool_full', retryAfterSeconds: 60 }
    const { port } = await answering(answer)
    const got = await send(port, { headers: pb(), body: BODY })
    expect([got.status, got.headers['retry-after']]).toEqual([503, '5'])
    const { code, status } = await callGrpc(await startGrpc(answer), BODY)
    expect([code, status.includes('google.rpc.RetryInfo')]).toEqual([14, true])
  })

  it('10. has the same code over gRPC as in the Status of HTTP', async () => {
    const cases: readonly (readonly [AcceptResult, number])[] = [
      [{ kind: 'invalid', message: 'broken' }, 3],
      [{ kind: 'unavailable', reason: 'spool_full', retryAfterSeconds: 1 }, 14],
    ]
    for (const [answer, code] of cases) {
      const { port } = await answering(answer)
      expect(statusOf(await send(port, { headers: json(), body: JSON_BODY })).code).toBe(code)
      expect((await callGrpc(await startGrpc(answer), BODY)).code).toBe(code)
    }
  })

  it('11. reads JSON as OTLP writes it: ids in hex of any case, 64-bit numbers as text or number, unknown fields ignored', async () => {
    const { port } = await startReceiver()
    const span = JSON.parse(JSON_BODY).resourceSpans[0].scopeSpans[0].spans[0]
    const loose = {
      ...span,
      traceId: span.traceId.toUpperCase(),
      startTimeUnixNano: 1760000000000000000,
      somethingNew: { a: [1] },
    }
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span, loose], also: 'new' }] }] })
    expect((await send(port, { headers: json(), body })).status).toBe(200)
    expect(TRACES[0]!.scopeSpans[0]!.spans[0]!.traceId).toBe(span.traceId)
  })

  it('12. serves connections side by side and keeps them: 1,000 at once, each used twice', async () => {
    const { port } = await answering(accepted)
    const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
    onTestFinished(() => agent.destroy())
    const idle: Socket[] = []
    onTestFinished(() => idle.forEach((socket) => void socket.destroy()))
    const open = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => resolve())
        socket.on('error', reject)
        idle.push(socket)
      })
    // 800 that say nothing, 200 that work.
    await Promise.all(Array.from({ length: 800 }, open))
    const post = (): Promise<{ status: number; local: number }> =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(
          { port, host: '127.0.0.1', path: '/v1/traces', method: 'POST', headers: pb(), agent },
          (response) => {
            const local = response.socket.localPort ?? 0
            response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, local }))
          },
        )
        outgoing.on('error', reject)
        outgoing.end(BODY)
      })
    const round = (): Promise<{ status: number; local: number }[]> => Promise.all(Array.from({ length: 200 }, post))
    const first = await round()
    await until(() => Object.values(agent.freeSockets).flat().length === 200)
    const second = await round()
    expect(new Set([...first, ...second].map(({ status }) => status))).toEqual(new Set([200]))
    const ports = new Set(first.map(({ local }) => local))
    expect(ports.size).toBe(200)
    expect(second.every(({ local }) => ports.has(local))).toBe(true)
  })

  it('13. lets web pages send where --cors-origin names them, and nobody else', async () => {
    const origin = 'https://app.example.com'
    const closed = await answering(accepted)
    expect((await send(closed.port, { headers: pb({ origin }), body: BODY })).status).toBe(403)
    const { port } = await startReceiver({ answer: () => accepted, doors: { corsOrigins: [origin] } })
    const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
    const preflight = await send(port, { method: 'OPTIONS', headers: asked })
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, origin])
    expect(preflight.headers['access-control-allow-headers']).toBe('content-type')
    const got = await send(port, { headers: pb({ origin }), body: BODY })
    expect([got.status, got.headers['access-control-allow-origin']]).toEqual([200, origin])
    const foreign = await send(port, { headers: pb({ origin: 'https://evil.example' }), body: BODY })
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined])
  })

  it('14. answers only when the next stage has it: no success before that, over HTTP or gRPC', async () => {
    let keep: ((result: AcceptResult) => void) | undefined
    const answer = (): Promise<AcceptResult> =>
      new Promise((resolve) => {
        keep = resolve
      })
    const { port } = await startReceiver({ answer })
    const grpc = createOtlpGrpcServer({ ...plainOptions(), consumer: answer })
    onTestFinished(() => grpc.stop(0))
    const grpcPort = (await grpc.listen(0, '127.0.0.1')).port
    for (const start of [
      async () => (await send(port, { headers: pb(), body: BODY })).status,
      async () => (await callGrpc(grpcPort, BODY)).code,
    ]) {
      keep = undefined
      let answered = false
      const running = start().finally(() => {
        answered = true
      })
      await until(() => keep !== undefined)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(answered).toBe(false)
      keep!(accepted)
      expect([0, 200]).toContain(await running)
    }
  })
})

describe('with a certificate', () => {
  it('both receivers speak TLS, and plain text gets no answer', async () => {
    const http = createOtlpHttpServer({ ...plainOptions(), tls })
    const grpc = createOtlpGrpcServer({ ...plainOptions(), tls })
    onTestFinished(async () => {
      await Promise.all([http.stop(0), grpc.stop(0)])
    })
    const { port } = await http.listen(0, '127.0.0.1')
    const { port: grpcPort } = await grpc.listen(0, '127.0.0.1')
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        { port, host: 'localhost', path: '/v1/traces', method: 'POST', headers: pb(), ca: tls.cert, agent: false },
        (response) => resolve(response.resume().statusCode),
      )
      outgoing.on('error', reject)
      outgoing.end(BODY)
    })
    expect(status).toBe(200)
    expect((await callGrpc(grpcPort, BODY, { ca: tls.cert, host: 'localhost' })).code).toBe(0)
    expect((await callGrpc(grpcPort, BODY)).code).toBe(14)
    await expect(send(port, { headers: pb(), body: BODY })).rejects.toThrow()
  })
})

/** The last block of a zstd frame, uncompressed. */
const rawBlock = (body: Uint8Array): Buffer => {
  const header = (body.length << 3) | 1
  return Buffer.concat([Buffer.from([header & 0xff, (header >>> 8) & 0xff, header >>> 16]), body])
}
