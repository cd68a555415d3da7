import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Replay, Trace } from '../../schema/api/shapes.ts'
import { get, put, testApp } from '../../test/support/api.ts'
import { openTestStore, type TestStore } from '../../test/support/rows.ts'
import { drawTrace } from '../../test/support/traces.ts'

/** A recording long enough to be previewed: 2,500 pairs of a model's call and a tool's. */
const PAIRS = 2_500
const LONG = 'e7'.repeat(16)
const SHORT = 'e8'.repeat(16)
let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
  const pair = (n: number) =>
    `  llm gpt-4.1 ${n * 10}-${n * 10 + 5} in=10 out=1 cost=0.001\n  tool lookup ${n * 10 + 5}-${n * 10 + 9} id=c${n}\n`
  const drawn = (traceId: string, pairs: number) =>
    drawTrace(`agent desk 0-${pairs * 10}\n${Array.from({ length: pairs }, (_, n) => pair(n)).join('')}`, {
      traceId,
      startMs: Date.now() - 3_600_000,
      run: { spanCount: pairs * 2 + 1 },
    })
  await put(store, [drawn(LONG, PAIRS), drawn(SHORT, 20)])
})
afterAll(() => store?.close())

test('the preview of a long recording is its beginning, as the whole tells it', async () => {
  const app = testApp(store)
  const preview = await get<Replay>(app, `/api/traces/${LONG}/replay?limit=300&preview=true`)
  const whole = await get<Replay>(app, `/api/traces/${LONG}/replay?limit=300`)
  expect([preview.preview, preview.next]).toEqual([true, null])
  expect(preview.steps).toHaveLength(300)
  expect(preview.steps).toEqual(whole.steps)
  expect([whole.preview, typeof whole.next]).toEqual([undefined, 'string'])
})

test('what is whole already, or short, is no preview', async () => {
  const app = testApp(store)
  const kept = await get<Replay>(app, `/api/traces/${LONG}/replay?limit=300&preview=true`)
  expect(kept.preview).toBeUndefined()
  const short = await get<Replay>(app, `/api/traces/${SHORT}/replay?limit=300&preview=true`)
  expect([short.preview, short.next]).toEqual([undefined, null])
})

test('the first spans of a trace come with the costs of their calls', async () => {
  const app = testApp(store)
  const start = await get<Trace>(app, `/api/traces/${LONG}?spans=100`)
  const whole = await get<Trace>(app, `/api/traces/${LONG}`)
  expect([start.spans.length, start.truncated, start.spanCount]).toEqual([100, true, PAIRS * 2 + 1])
  expect([whole.spans.length, whole.truncated]).toEqual([PAIRS * 2 + 1, false])
  expect(start.spans).toEqual(whole.spans.slice(0, 100))
  expect(start.spans.filter((span) => span.costUsd !== null).length).toBeGreaterThan(30)
})
