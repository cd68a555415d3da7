import { describe, expect, it } from 'vitest'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import type { AcceptResult, OtlpRequest } from '../pipeline-types.ts'
import { type AcknowledgedOptions, acknowledgeOnce } from './acknowledged.ts'
import { receiveMeters } from './meters.ts'

const ACCEPTED: AcceptResult = {
  kind: 'accepted',
  accepted: 3,
  rejections: [{ reason: 'bad_trace_id', count: 2, sample: 'traceId ""' }],
}
const UNAVAILABLE: AcceptResult = { kind: 'unavailable', reason: 'spool full', retryAfterSeconds: 2 }

const request = (body: string, more: Partial<OtlpRequest> = {}): OtlpRequest => ({
  projectId: 1,
  signal: 'traces',
  encoding: 'protobuf',
  body: new TextEncoder().encode(body),
  receivedAtMs: 0,
  ...more,
})

function setUp(answers: (AcceptResult | Error)[], options: Partial<AcknowledgedOptions> = {}) {
  const meters = receiveMeters(new MetricsRegistry())
  const seen: string[] = []
  const consumer = acknowledgeOnce(
    async ({ body }) => {
      seen.push(new TextDecoder().decode(body))
      const answer = answers.shift() ?? ACCEPTED
      if (answer instanceof Error) throw answer
      return answer
    },
    { meters, ...options },
  )
  return { consumer, seen, meters }
}

describe('a request that was acknowledged before', () => {
  it('gets the same answer again, rejections included, and is not passed on', async () => {
    const { consumer, seen, meters } = setUp([])
    expect(await consumer(request('a'))).toEqual(ACCEPTED)
    expect(await consumer(request('a', { receivedAtMs: 99 }))).toEqual(ACCEPTED)
    expect(seen).toEqual(['a'])
    expect(meters.duplicates.value({ signal: 'traces' })).toBe(1)
  })

  it('is told apart by project, signal, encoding and bytes', async () => {
    const { consumer, seen } = setUp([])
    await consumer(request('a'))
    await consumer(request('a', { projectId: 2 }))
    await consumer(request('a', { signal: 'logs' }))
    await consumer(request('a', { encoding: 'json' }))
    await consumer(request('b'))
    expect(seen).toHaveLength(5)
  })

  it('counts its items once', async () => {
    const { consumer, meters } = setUp([])
    await consumer(request('a'))
    await consumer(request('a'))
    expect(meters.received.value({ signal: 'traces' })).toBe(5)
    expect(meters.acknowledged.value({ signal: 'traces' })).toBe(3)
    expect(meters.rejected.value({ signal: 'traces', reason: 'bad_trace_id' })).toBe(2)
  })

  it('is forgotten after its time', async () => {
    let now = 0
    const { consumer, seen } = setUp([], { keepMs: 1000, now: () => now })
    await consumer(request('a'))
    now = 1000
    await consumer(request('a'))
    expect(seen).toHaveLength(1)
    now = 1001
    await consumer(request('a'))
    expect(seen).toHaveLength(2)
  })

  it('is forgotten, oldest first, when there are too many', async () => {
    const { consumer, seen } = setUp([], { entriesMax: 2 })
    for (const body of ['a', 'b', 'c', 'b', 'c', 'a']) await consumer(request(body))
    expect(seen).toEqual(['a', 'b', 'c', 'a'])
  })
})

describe('a request that was not acknowledged', () => {
  it.each([[UNAVAILABLE], [{ kind: 'invalid', message: 'no' } satisfies AcceptResult]])(
    'is passed on again: %o',
    async (answer) => {
      const { consumer, seen } = setUp([answer])
      expect(await consumer(request('a'))).toEqual(answer)
      expect(await consumer(request('a'))).toEqual(ACCEPTED)
      expect(seen).toEqual(['a', 'a'])
    },
  )

  it('is passed on again after an exception', async () => {
    const { consumer, seen } = setUp([new Error('disk')])
    await expect(consumer(request('a'))).rejects.toThrow('disk')
    expect(await consumer(request('a'))).toEqual(ACCEPTED)
    expect(seen).toEqual(['a', 'a'])
  })

  it('is passed on again after an exception that was thrown at once', async () => {
    let calls = 0
    const consumer = acknowledgeOnce(
      () => {
        if (calls++ === 0) throw new Error('at once')
        return Promise.resolve(ACCEPTED)
      },
      { meters: receiveMeters(new MetricsRegistry()) },
    )
    await expect(consumer(request('a'))).rejects.toThrow('at once')
    expect(await consumer(request('a'))).toEqual(ACCEPTED)
  })
})

describe('equal requests at the same time', () => {
  it('share one pass and one answer, whatever it is', async () => {
    const { consumer, seen } = setUp([UNAVAILABLE, ACCEPTED])
    const first = await Promise.all([consumer(request('a')), consumer(request('a')), consumer(request('b'))])
    expect(first).toEqual([UNAVAILABLE, UNAVAILABLE, ACCEPTED])
    expect(seen).toEqual(['a', 'b'])
    await consumer(request('a'))
    expect(seen).toEqual(['a', 'b', 'a'])
  })
})
