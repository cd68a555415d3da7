import { describe, expect, it } from 'vitest'
import { BODY, MIB, pb, send, startReceiver, statusOf } from '../../test/support/otlp-receiver.ts'
import { unzstd, zstdBound } from './zstd.ts'

/** A frame as RFC 8878 §3.1 lays it out. Raw and repeated blocks need no entropy coder, so bombs can be made by hand. */
const frame = (blocks: readonly Uint8Array[], header: readonly number[] = [0x00, 0x50]): Buffer =>
  Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...header]), ...blocks])
const blockHeader = (size: number, type: number, isLast: boolean): Buffer => {
  const value = (size << 3) | (type << 1) | Number(isLast)
  return Buffer.from([value & 0xff, (value >>> 8) & 0xff, value >>> 16])
}
const raw = (bytes: Uint8Array, isLast = true): Buffer => Buffer.concat([blockHeader(bytes.length, 0, isLast), bytes])
const repeated = (size: number, isLast = false): Buffer =>
  Buffer.concat([blockHeader(size, 1, isLast), Buffer.from([7])])

/** In raw blocks: any body, uncompressed, but zstd. */
const zstdOf = (body: Uint8Array): Buffer => {
  const blocks: Buffer[] = []
  for (let at = 0; at < body.length; at += 65_536)
    blocks.push(raw(body.subarray(at, at + 65_536), at + 65_536 >= body.length))
  return frame(blocks)
}

/** What the `zstd` command (1.5.4, -19) made of `text()`: literals, sequences, a checksum. */
const FIXTURE = Buffer.from(
  'KLUv/WRJCM0TACbdPhagJ+kIGyK6zbU+A8DxUqaUkky2qX/CQAA5ADMArqF8xk914xbWaLqRGl+WTZmJF1taG0pJajVWXw8GgkJhIFhFoSgIxM' +
    'kmqyMfQko5FBAEAAiqFAAYDIhxUBwIReVqfUSIhCycz7PqDJM0dr0m6kChcCBGdpz9rU2ZpEgk8qCpqgcIAQUCgnwRqfhDQh1vre2QPpxTJO/Q' +
    'lPiVRGXXXh8rV+37kxIy0RS6cJeaZfzh+J80VvLbUSmZ0dqz6alIPFnGCfWj5c0lEwRJsaPRqWm7Tt1wrOT/6iOOyOKUMs5EId+iZ3wVz0XWM+' +
    'uGfo9vSi8rXcoj3mhU/G0BgROoUWC7OtMcoZjAUXGtDhFEdF1OcwmaMAYrLSp9Woo/2s1+IoOASELW3BXwsa34cIvUnLe6sWueNpwsxGxb4zLb' +
    'nkQrnhBKNYwGEXw3x2X4fQpQacGuoCJ96iT7nYLSf7RbDuTk1ik68WQG1MAGpXMq3eC/53htiKxGQswzYUPaBUAZBl1o3NtbFePxw1U/T7Hbm8' +
    'AnCEPxLihcwvtMduoOKoXdcHfmKHoO+d7pDDyIiyaz54dfysx+KQ1EvU2yO9ppL3XRrrtOJ7ov8ZrUGLIYecnTFMG0DzYDm4p1Hh2Yb0iLAAoF' +
    'MtvDfiotfORs9nGwwBIn+gfHwfiVGE2b2cTVYjCsfKCM0PAkuDCGmLk9P6TjOISgIK7aMQPZt+V9uZWD0LkoefPFnD8y2mUBhmHlCRa+GIGv8G' +
    'HQVuIfaqeqQvCTLFy3FKgSKaj38MOEumNHqqL4JlznlmEKqQMJzOKKiEXuI4QaZ5SyWdXGPEkROBE/MEr4lxyrAVh6a0s=',
  'base64',
)
const text = (): string => {
  const words = ['span', 'tool', 'agent', 'model', 'prompt', 'token', 'retry', 'cost', 'error', 'session']
  let n = 7
  let made = ''
  for (let i = 0; i < 300; i++) {
    n = (n * 1103515245 + 12345) % 2147483648
    made += `${words[n % 10]}${n % 97} `
  }
  return made
}
const open = async (bytes: Uint8Array, max = MIB) => {
  const bound = zstdBound(bytes, max)
  return typeof bound === 'number' ? unzstd(bytes, max) : bound
}

describe('zstd', () => {
  it('is read as the reference encoder wrote it, in one frame, in several, and with skippable ones between', async () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
    for (const [bytes, times] of [
      [FIXTURE, 1],
      [Buffer.concat([FIXTURE, skippable, FIXTURE, FIXTURE]), 3],
    ] as const) {
      const result = await open(bytes)
      expect(result.kind === 'complete' && Buffer.from(result.bytes).toString()).toBe(text().repeat(times))
    }
    expect(await open(new Uint8Array())).toMatchObject({ kind: 'complete', bytes: new Uint8Array() })
  })

  it('that is cut short or damaged anywhere is broken or something else, and never hangs', async () => {
    for (let cut = 1; cut < FIXTURE.length; cut += 7)
      expect((await open(FIXTURE.subarray(0, cut))).kind, `cut at ${cut}`).toBe('broken')
    for (let at = 0; at < FIXTURE.length; at += 3) {
      const damaged = Buffer.from(FIXTURE)
      damaged[at]! ^= 0x5a
      expect(['broken', 'complete', 'too_large']).toContain((await open(damaged)).kind)
    }
  })

  it('that asks for a window of gigabytes, a dictionary, or hours of work is refused before any is spent', () => {
    const one = [raw(Buffer.from('x'))]
    expect(zstdBound(frame(one, [0x00, 0xff]), MIB)).toMatchObject({ message: expect.stringContaining('window') })
    expect(zstdBound(frame(one, [0x01, 0x50, 9]), MIB)).toMatchObject({
      message: expect.stringContaining('dictionary'),
    })
    const small = Array.from({ length: 5_000 }, () => repeated(1))
    expect(zstdBound(frame([...small, repeated(1, true)], [0x00, 0x68]), MIB)).toMatchObject({
      message: expect.stringContaining('small blocks'),
    })
    const declared = frame([repeated(1, true)], [0xc0, 0x50, 0, 0, 0, 0, 1, 0, 0, 0])
    expect(zstdBound(declared, MIB)).toEqual({ kind: 'too_large' })
  })

  it('is bounded by its blocks: what it can become is held before it is made', () => {
    expect(zstdBound(frame([repeated(100), repeated(23, true)]), MIB)).toBe(123)
    expect(zstdBound(FIXTURE, MIB)).toBeLessThanOrEqual(128 * 1024)
  })
})

describe('a request in zstd', () => {
  it('arrives as it was', async () => {
    const { port, seen } = await startReceiver()
    const got = await send(port, { headers: pb({ 'content-encoding': 'zstd' }), body: zstdOf(BODY) })
    expect(got.status).toBe(200)
    expect(Buffer.from(seen[0]!.body).equals(Buffer.from(BODY))).toBe(true)
  })

  it('that is none is refused with 400, a larger one with 413', async () => {
    const { port } = await startReceiver({ limits: { requestBytesMax: MIB } })
    const headers = pb({ 'content-encoding': 'zstd' })
    const broken = await send(port, { headers, body: BODY })
    expect([broken.status, statusOf(broken).code]).toEqual([400, 3])
    expect(statusOf(broken).message).toContain('not zstd')
    const blocks = Array.from({ length: 20 }, () => repeated(65_536))
    const large = await send(port, { headers, body: frame([...blocks, repeated(1, true)]) })
    expect([large.status, statusOf(large).code]).toEqual([413, 8])
  })

  it('that is a bomb of 12 GiB in 800 KB costs what the limit allows, and the receiver answers meanwhile', async () => {
    const { port, seen, meters } = await startReceiver()
    // Blocks of 64 KiB, four bytes each, in frames whose window is as small: nothing but the output limit stops them.
    const block = repeated(65_536)
    const blocks = Array.from({ length: 200_000 }, () => block)
    const bomb = frame([...blocks, repeated(1, true)], [0x00, 0x30])
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 5)
    const [got, other] = await Promise.all([
      send(port, { headers: pb({ 'content-encoding': 'zstd' }), body: bomb }),
      send(port, { headers: pb(), body: BODY }),
    ])
    clearInterval(watch)
    console.log(`a zstd bomb of 12 GiB cost ${Math.round((peak - before) / MIB)} MiB`)
    expect([got.status, other.status]).toEqual([413, 200])
    expect(seen).toHaveLength(1)
    expect((peak - before) / MIB).toBeLessThan(400)
    expect(meters.inFlightBytes.value()).toBe(0)
  })

  it('waits for room like any other: where its output does not fit the budget it is 503', async () => {
    let finish = (): void => undefined
    const { port } = await startReceiver({
      limits: { inFlightBytesMax: 2 * MIB },
      answer: () =>
        new Promise((resolve) => {
          finish = () => resolve({ kind: 'accepted', accepted: 1, rejections: [] })
        }),
    })
    const first = send(port, { headers: pb(), body: Buffer.alloc(MIB + MIB / 2, 1) })
    await new Promise((resolve) => setTimeout(resolve, 200))
    const blocks = Array.from({ length: 15 }, () => repeated(65_536))
    const second = await send(port, {
      headers: pb({ 'content-encoding': 'zstd' }),
      body: frame([...blocks, repeated(1, true)]),
    })
    expect([second.status, second.headers['retry-after']]).toEqual([503, '1'])
    finish()
    expect((await first).status).toBe(200)
  })
})
