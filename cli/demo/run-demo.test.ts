import { afterEach, expect, test } from 'vitest'
import { type OtlpSink, startOtlpSink } from '../otlp/test-sink.ts'
import { runDemo } from './run-demo.ts'

let sink: OtlpSink | undefined
afterEach(() => sink?.close())

test('a day of history arrives whole, in four dialects, through the exporters, and the newest first', async () => {
  sink = await startOtlpSink()
  const lines: string[] = []
  const report = await runDemo({
    endpoint: sink.endpoint,
    key: 'rk_demo',
    days: 1,
    live: false,
    print: (line) => lines.push(line),
  })
  expect(sink.spans).toHaveLength(report.spans)
  expect(sink.logs).toHaveLength(report.logs)
  expect(sink.spans.filter(({ parentSpanId }) => parentSpanId === '')).toHaveLength(report.historyRuns)
  expect(new Set(sink.spans.map(({ scope }) => scope)).size).toBe(4)
  expect(sink.spans.every(({ resource }) => resource.team !== undefined && resource.cost_center !== undefined)).toBe(
    true,
  )
  expect(sink.requests.every(({ authorization }) => authorization === 'Bearer rk_demo')).toBe(true)
  const now = BigInt(Date.now()) * 1_000_000n
  expect(sink.logs.every(({ timeUnixNano }) => timeUnixNano <= now)).toBe(true)
  const [first, last] = [sink.spans.at(0), sink.spans.at(-1)]
  expect(first && last && first.startTimeUnixNano > last.startTimeUnixNano).toBe(true)
  expect(lines[0]).toMatch(/^Demo: \d+ runs of the last 1 days sent, \d+ spans/)
})

test('live spans lie in the present, are sent when they have ended, and stop with the signal', async () => {
  sink = await startOtlpSink()
  const stop = new AbortController()
  const running = runDemo({ endpoint: sink.endpoint, days: 0, rate: 1200, signal: stop.signal })
  for (let i = 0; i < 100 && sink.spans.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 100))
  stop.abort()
  const report = await running
  const now = BigInt(Date.now()) * 1_000_000n
  expect(report.liveRuns).toBeGreaterThan(0)
  expect(sink.spans.length).toBeGreaterThan(0)
  for (const { startTimeUnixNano, endTimeUnixNano } of sink.spans) {
    expect(endTimeUnixNano <= now && startTimeUnixNano > now - 180_000_000_000n).toBe(true)
  }
})

test('stopped while the other side says "later", it ends within two seconds', async () => {
  sink = await startOtlpSink((n) => (n > 0 ? { status: 503, headers: { 'Retry-After': '5' } } : undefined))
  const stop = new AbortController()
  const running = runDemo({ endpoint: sink.endpoint, days: 0.2, signal: stop.signal })
  await new Promise((resolve) => setTimeout(resolve, 800))
  const before = Date.now()
  stop.abort()
  expect((await running).spans).toBe(0)
  expect(Date.now() - before).toBeLessThan(2000)
})

test('nothing listening is said in a sentence', async () => {
  await expect(runDemo({ endpoint: 'http://127.0.0.1:9' })).rejects.toThrow(/Nothing listens at/)
})
