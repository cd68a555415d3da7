import { connect } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BODY, head, MIB, pb, raw, send, startReceiver, statusOf, until } from '../../test/support/otlp-receiver.ts'
import type { AcceptResult } from '../pipeline-types.ts'

describe('a bomb', () => {
  it('of 10 MiB gzip that would be 10 GiB stops at the limit, in bounded memory', async () => {
    const bomb = await gzippedZeros(10 * 1024 * MIB)
    expect(bomb.length).toBeGreaterThan(9 * MIB)
    const { port, seen } = await startReceiver()
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 5)
    const got = await send(port, { headers: pb({ 'content-encoding': 'gzip' }), body: bomb })
    clearInterval(watch)
    console.log(`a bomb of 10 GiB cost ${Math.round((peak - before) / MIB)} MiB`)
    expect(got.status).toBe(413)
    expect(statusOf(got).message).toContain('decompressed')
    expect(seen).toHaveLength(0)
    expect((peak - before) / MIB).toBeLessThan(300)
  })

  it('of compressed bytes that never end stops at the limit as well', async () => {
    const { port } = await startReceiver({ limits: { requestBytesMax: MIB } })
    const stored = gzipSync(Buffer.alloc(2 * MIB), { level: 0 })
    const got = await send(port, { headers: pb({ 'content-encoding': 'gzip' }), body: Readable.from([stored]) })
    expect(got.status).toBe(413)
  })
})

describe('the memory of requests in flight', () => {
  it('is bounded: what does not fit gets 503 with Retry-After, and its share comes back', async () => {
    let finish: (result: AcceptResult) => void = () => {}
    let held = 0
    const { port, meters } = await startReceiver({
      limits: { inFlightBytesMax: 3 * MIB },
      answer: () => {
        held++
        return new Promise((resolve) => {
          finish = resolve
        })
      },
    })
    const first = send(port, { headers: pb(), body: Buffer.alloc(2 * MIB, 1) })
    await until(() => held === 1)
    const second = await send(port, { headers: pb(), body: Buffer.alloc(2 * MIB, 2) })
    expect([second.status, second.headers['retry-after']]).toEqual([503, '1'])
    expect(statusOf(second).message).toContain('too many requests')
    finish({ kind: 'accepted', accepted: 1, rejections: [] })
    expect((await first).status).toBe(200)
    expect(meters.inFlightBytes.value()).toBe(0)
    const third = send(port, { headers: pb(), body: Buffer.alloc(2 * MIB, 3) })
    await until(() => held === 2)
    finish({ kind: 'accepted', accepted: 1, rejections: [] })
    expect((await third).status).toBe(200)
    expect(meters.refused.value({ signal: 'traces', reason: 'busy' })).toBe(1)
  })

  it('comes back from a client that goes away', async () => {
    const { port, meters, seen } = await startReceiver()
    const socket = connect(port, '127.0.0.1')
    socket.write(head({ 'content-length': '100000' }))
    socket.write(Buffer.alloc(50_000))
    await until(() => meters.requests.value({ signal: 'traces' }) === 1)
    socket.destroy()
    await until(() => meters.aborted.value({ signal: 'traces' }) === 1)
    expect(meters.inFlightBytes.value()).toBe(0)
    expect(seen).toHaveLength(0)
  })
})

describe('a slow client', () => {
  it('is cut off, before and after its headers', async () => {
    const { port, meters } = await startReceiver({ limits: { requestTimeoutMs: 300, headersTimeoutMs: 300 } })
    expect(await raw(port, [head({ 'content-length': '1000' }), Buffer.alloc(10)])).toContain('408 Request Timeout')
    expect(await raw(port, [Buffer.from('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n')])).toContain(
      '408 Request Timeout',
    )
    await until(() => meters.aborted.value({ signal: 'traces' }) === 1)
    expect((await send(port, { headers: pb(), body: BODY })).status).toBe(200)
  })

  it('of a refused request cannot go on sending for ever', async () => {
    const { port } = await startReceiver({ limits: { requestBytesMax: MIB } })
    const endless = new PassThrough()
    const chunk = Buffer.alloc(256 * 1024)
    const sent = { bytes: 0 }
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => endless.destroy())
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    const pump = (): void => {
      while (!socket.destroyed && sent.bytes < 100 * MIB) {
        sent.bytes += chunk.length
        if (
          !socket.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]))
        ) {
          socket.once('drain', pump)
          return
        }
      }
    }
    pump()
    await closed
    expect(sent.bytes).toBeLessThan(50 * MIB)
  })
})

/** Gzip of `size` zero bytes, made from a stored part and its repetition: members of a gzip body follow one another. */
async function gzippedZeros(size: number): Promise<Buffer> {
  const part = 64 * MIB
  const zip = createGzip()
  const chunks: Buffer[] = []
  zip.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise((resolve) => zip.on('end', resolve))
  for (let i = 0; i < 64; i++) zip.write(Buffer.alloc(MIB))
  zip.end()
  await ended
  const member = Buffer.concat(chunks)
  return Buffer.concat(new Array<Buffer>(size / part).fill(member))
}
