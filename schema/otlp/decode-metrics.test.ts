import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import type { WireMetric } from './wire.ts'
import { DecodeError, ELEMENTS_PER_REQUEST_MAX } from './wire.ts'

/** A request of one metric that `write` fills. */
const request = (write: (w: ProtobufWriter) => void): Uint8Array => {
  const writer = new ProtobufWriter()
  writer.message(1, (w) => w.message(2, () => w.message(2, () => write(w))))
  return writer.finish()
}

const metricsOf = (decoded: ReturnType<typeof decodeProtobuf>): readonly WireMetric[] => {
  if (decoded.signal !== 'metrics') throw new Error('not metrics')
  return decoded.resourceMetrics.flatMap((r) => r.scopeMetrics.flatMap((s) => s.metrics))
}
const read = (write: (w: ProtobufWriter) => void): WireMetric =>
  metricsOf(decodeProtobuf('metrics', request(write)))[0]!
const utf8 = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

describe('a metric in protobuf', () => {
  it('has its bucket counts packed or one by one', () => {
    const packed = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    const points = (write: (w: ProtobufWriter) => void) => {
      const metric = read((w) => w.message(9, () => w.message(1, () => write(w))))
      return metric.type === 'histogram' ? metric.points[0]?.bucketCounts : undefined
    }
    expect(points((w) => w.bytes(6, packed))).toEqual([1, 2])
    expect(
      points((w) => {
        w.sfixed64(6, 1n)
        w.sfixed64(6, 2n)
      }),
    ).toEqual([1, 2])
  })

  it('whose data is sent twice is merged, and of two types the last counts', () => {
    const gauge = (w: ProtobufWriter, value: bigint): void =>
      w.message(5, () => w.message(1, () => w.sfixed64(6, value)))
    const both = read((w) => {
      gauge(w, 1n)
      gauge(w, 2n)
    })
    expect(both.type === 'gauge' && both.points.map((p) => p.value)).toEqual([1, 2])
    const last = read((w) => {
      gauge(w, 1n)
      w.message(7, () => w.message(1, () => w.double(4, 0.5)))
    })
    expect(last).toMatchObject({ type: 'sum', isMonotonic: false, points: [{ value: 0.5 }] })
  })

  it('of a type to come is kept by name, without data', () => {
    const metric = read((w) => {
      w.string(1, 'new')
      w.message(13, () => w.string(1, 'something'))
    })
    expect(metric).toMatchObject({ name: 'new', type: 'none', points: [] })
  })

  it('is refused, saying where, when a list of counts has another wire type or ends inside a number', () => {
    const histogram = (write: (w: ProtobufWriter) => void) => () =>
      read((w) => w.message(9, () => w.message(1, () => write(w))))
    expect(histogram((w) => w.fixed32(6, 1))).toThrow(
      /resource_metrics\[0\]\.scope_metrics\[0\]\.metrics\[0\], .*field 6 has wire type 32-bit/,
    )
    expect(histogram((w) => w.bytes(6, new Uint8Array(9)))).toThrow(/8-byte number where 1 bytes are left/)
  })

  it('of more buckets than memory is meant for is refused', () => {
    const counts = Buffer.alloc(ELEMENTS_PER_REQUEST_MAX + 1, 1)
    expect(() => read((w) => w.message(10, () => w.message(1, () => w.message(8, () => w.bytes(2, counts)))))).toThrow(
      /more than 4000000 elements/,
    )
  })
})

describe('a metric in JSON', () => {
  const one = (metric: unknown): WireMetric =>
    metricsOf(decodeJson('metrics', utf8({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] })))[0]!

  it('may have counts as strings or numbers, temporality by name, doubles by word', () => {
    expect(
      one({
        name: 'latency',
        histogram: {
          aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA',
          dataPoints: [
            { count: 3, sum: 'NaN', bucketCounts: ['1', 2], explicitBounds: ['Infinity'], timeUnixNano: '5' },
          ],
        },
      }),
    ).toMatchObject({
      type: 'histogram',
      temporality: 1,
      points: [
        { count: 3, sum: Number.NaN, min: null, bucketCounts: [1, 2], explicitBounds: [Number.POSITIVE_INFINITY] },
      ],
    })
  })

  it('is refused with its place where a count is negative or a point no object', () => {
    const sum = (dataPoints: unknown) => () => one({ name: 'n', sum: { dataPoints } })
    expect(sum([5])).toThrow(DecodeError)
    expect(() => one({ histogram: { dataPoints: [{ count: -1 }] } })).toThrow(
      /resourceMetrics\[0\]\.scopeMetrics\[0\]\.metrics\[0\]\.dataPoints\[0\]\.count: expected/,
    )
  })
})

const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'shared', 'captures')
const present = existsSync(CAPTURES)
if (!present) console.warn(`SKIPPED: no recordings at ${CAPTURES}; no metrics of real exporters were decoded`)

describe.skipIf(!present)('the metrics of recorded instrumentations', () => {
  it('are decoded, every point with a value and a time', () => {
    const types = new Map<string, number>()
    let bodies = 0
    for (const file of readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })) {
      const match = /\d+-metrics\.(pb|json)\.gz$/.exec(file)
      if (!match) continue
      bodies++
      const bytes = gunzipSync(readFileSync(join(CAPTURES, file)))
      const decoded = match[1] === 'json' ? decodeJson('metrics', bytes) : decodeProtobuf('metrics', bytes)
      for (const metric of metricsOf(decoded)) {
        expect(metric.name, file).not.toBe('')
        for (const point of metric.points) {
          expect(point.timeUnixNano, file).toBeGreaterThan(1_700_000_000_000_000_000n)
          if ('value' in point) expect(point.value, `${file} ${metric.name}`).not.toBeNull()
          if ('bucketCounts' in point)
            expect(
              point.bucketCounts.reduce<number>((sum, n) => sum + Number(n), 0),
              `${file} ${metric.name}`,
            ).toBe(Number(point.count))
        }
        types.set(metric.type, (types.get(metric.type) ?? 0) + metric.points.length)
      }
    }
    console.log(`${bodies} bodies, points by type: ${JSON.stringify(Object.fromEntries(types))}`)
    expect(bodies).toBeGreaterThan(50)
    expect(types.get('sum')).toBeGreaterThan(0)
    expect(types.get('histogram')).toBeGreaterThan(0)
  })
})
