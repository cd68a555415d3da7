import { describe, expect, it } from 'vitest'
import { exposeFamily, MetricsRegistry } from './registry.ts'

describe('the metrics registry', () => {
  it('writes counters by label set in Prometheus text', () => {
    const registry = new MetricsRegistry()
    const received = registry.counter('recount_received_total', 'Spans received', ['signal', 'reason'])
    received.inc({ signal: 'traces', reason: 'none' })
    received.inc({ signal: 'traces', reason: 'none' }, 4)
    received.inc({ signal: 'logs', reason: 'none' }, 2)
    const plain = registry.counter('recount_starts_total', 'Starts')
    plain.inc()
    plain.inc({}, 2)
    expect(received.value({ signal: 'traces', reason: 'none' })).toBe(5)
    expect(registry.expose()).toBe(
      [
        '# HELP recount_received_total Spans received',
        '# TYPE recount_received_total counter',
        'recount_received_total{signal="traces",reason="none"} 5',
        'recount_received_total{signal="logs",reason="none"} 2',
        '# HELP recount_starts_total Starts',
        '# TYPE recount_starts_total counter',
        'recount_starts_total 3',
        '',
      ].join('\n'),
    )
  })

  it('escapes label values and help', () => {
    const text = exposeFamily({
      name: 'x',
      help: 'a\nb\\c',
      type: 'gauge',
      samples: () => [{ labels: { l: 'quote " slash \\ line\n' }, value: Number.POSITIVE_INFINITY }],
    })
    expect(text).toBe('# HELP x a\\nb\\\\c\n# TYPE x gauge\nx{l="quote \\" slash \\\\ line\\n"} +Inf\n')
  })

  it('writes cumulative buckets, sum and count', () => {
    const registry = new MetricsRegistry()
    const seconds = registry.histogram('recount_wait_seconds', 'Wait', ['signal'], [0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 3]) seconds.observe({ signal: 'logs' }, value)
    expect(registry.expose().split('\n').slice(2, -1)).toEqual([
      'recount_wait_seconds_bucket{signal="logs",le="0.1"} 2',
      'recount_wait_seconds_bucket{signal="logs",le="1"} 3',
      'recount_wait_seconds_bucket{signal="logs",le="+Inf"} 4',
      'recount_wait_seconds_sum{signal="logs"} 3.65',
      'recount_wait_seconds_count{signal="logs"} 4',
    ])
  })

  it('asks for a read value at each scrape, and answers the rest if that fails', () => {
    const registry = new MetricsRegistry()
    let bytes = 1
    registry.read('recount_bytes', 'Bytes', () => bytes)
    registry.read('recount_broken', 'Broken', () => {
      throw new Error('engine is down')
    })
    registry.gauge('recount_set', 'Set', ['k']).set({ k: 'v' }, 7)
    expect(registry.expose()).toContain('recount_bytes 1\n')
    bytes = 2
    expect(registry.expose()).toContain('recount_bytes 2\n')
    expect(registry.expose()).not.toContain('recount_broken')
    expect(registry.expose()).toContain('recount_set{k="v"} 7\n')
  })

  it('refuses a name that is taken or is none', () => {
    const registry = new MetricsRegistry()
    registry.counter('recount_a_total', '')
    expect(() => registry.gauge('recount_a_total', '')).toThrow('registered twice')
    expect(() => registry.gauge('recount-a', '')).toThrow('not a metric name')
  })
})
