import { describe, expect, it } from 'vitest'
import { nanos, only, pairs, RECEIVED_AT_MS, run, runLogs, wireLog, wireSpan } from './build-wire.ts'

const HOUR_MS = 3_600_000

describe('what is accepted', () => {
  it('rejects ids that are not 16 and 8 bytes, or all zero, with the reason, and keeps the rest', () => {
    const { spans, rejections } = run([
      wireSpan({ traceId: 'abc' }),
      wireSpan({ traceId: '0'.repeat(32) }),
      wireSpan({ spanId: '0'.repeat(16) }),
      wireSpan({}),
    ])
    expect(spans).toHaveLength(1)
    expect(rejections.map(({ reason, count }) => [reason, count])).toEqual([
      ['bad_trace_id', 2],
      ['bad_span_id', 1],
    ])
  })

  it('rejects a start of 0, before retention and more than 24 h ahead, and never clamps', () => {
    const { spans, rejections } = run(
      [
        wireSpan({ startTimeUnixNano: 0n }),
        wireSpan({ startTimeUnixNano: nanos(RECEIVED_AT_MS - 31 * 24 * HOUR_MS) }),
        wireSpan({ startTimeUnixNano: nanos(RECEIVED_AT_MS + 25 * HOUR_MS) }),
        wireSpan({
          startTimeUnixNano: nanos(RECEIVED_AT_MS + 23 * HOUR_MS),
          endTimeUnixNano: nanos(RECEIVED_AT_MS + 24 * HOUR_MS),
        }),
      ],
      { retentionDays: 30 },
    )
    expect(spans.map(({ startNanos }) => startNanos)).toEqual([nanos(RECEIVED_AT_MS + 23 * HOUR_MS)])
    expect(rejections.map(({ reason }) => reason)).toEqual([
      'start_time_zero',
      'start_time_before_retention',
      'start_time_in_future',
    ])
  })

  it('keeps every age with a retention of 0', () => {
    const { spans } = run([wireSpan({ startTimeUnixNano: nanos(86_400_000), endTimeUnixNano: nanos(86_400_001) })], {
      retentionDays: 0,
    })
    expect(spans).toHaveLength(1)
  })

  it('makes an end before its start a duration of 0, and flags it', () => {
    const span = only(run([wireSpan({ endTimeUnixNano: nanos(RECEIVED_AT_MS - HOUR_MS) })]).spans)
    expect(span.durationNanos).toBe(0n)
    expect(span.attrs.get('recount.flag.end_before_start')).toBe('true')
  })

  it('keeps a span whose parent id is no id, as a root, and says so', () => {
    const span = only(run([wireSpan({ parentSpanId: 'abc' })]).spans)
    expect(span.parentSpanId).toBe('')
    expect(span.attrs.get('recount.flag.bad_parent_span_id')).toBe('abc')
  })
})

describe('attributes', () => {
  it('are kept in full: text and numbers apart, everything else as text', () => {
    const span = only(
      run([
        wireSpan({
          attributes: pairs({
            text: 'a',
            whole: 3,
            part: 0.5,
            yes: true,
            big: 9_007_199_254_740_993n,
            bytes: new Uint8Array([1, 2, 255]),
            nothing: null,
            list: { array: ['a', 1, { kvlist: pairs({ b: Number.NaN }) }] },
          }),
        }),
      ]).spans,
    )
    expect(Object.fromEntries(span.nums)).toEqual({ whole: 3, part: 0.5 })
    expect(Object.fromEntries(span.attrs)).toEqual({
      text: 'a',
      yes: 'true',
      big: '9007199254740993',
      bytes: 'AQL/',
      nothing: '',
      list: '["a",1,{"b":"NaN"}]',
    })
  })

  it('of a key sent twice keep the last value, also of another type', () => {
    const attributes = [...pairs({ 'thread.id': 'main', model: 1 }), ...pairs({ 'thread.id': 7, model: 'b' })]
    const span = only(run([wireSpan({ attributes })]).spans)
    expect([Object.fromEntries(span.attrs), Object.fromEntries(span.nums)]).toEqual([
      { model: 'b' },
      { 'thread.id': 7 },
    ])
  })

  it('of 4096 bytes and more are stored once per trace by their hash', () => {
    const long = 'ä'.repeat(2048)
    const { spans, contents } = run([
      wireSpan({ attributes: pairs({ body: long, short: 'ä'.repeat(2047) }) }),
      wireSpan({ spanId: 'b'.repeat(16), attributes: pairs({ other: long }) }),
      wireSpan({ traceId: 'c'.repeat(32), attributes: pairs({ body: long }) }),
    ])
    const hash = spans[0]?.attrRefs.get('body')
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(spans[0]?.attrs.has('body')).toBe(false)
    expect(spans[0]?.attrs.has('short')).toBe(true)
    expect(spans[1]?.attrRefs.get('other')).toBe(hash)
    expect(contents.map(({ traceId, hash: address, body }) => [traceId.slice(0, 1), address, body])).toEqual([
      ['a', hash, long],
      ['c', hash, long],
    ])
  })

  it('called __proto__ are data', () => {
    const span = only(
      run([wireSpan({ attributes: pairs({ map: { kvlist: pairs({ __proto__x: 1, ['__proto__']: 'p' }) } }) })]).spans,
    )
    expect(span.attrs.get('map')).toBe('{"__proto__x":1,"__proto__":"p"}')
  })
})

describe('logs', () => {
  it('are kept whole, with one id however often they are sent', () => {
    const record = wireLog({
      body: { kvlist: pairs({ a: 1 }) },
      attributes: pairs({ 'event.name': 'order.placed', n: 2, s: 'x' }),
    })
    const [first, second] = [only(runLogs([record]).logs), only(runLogs([record], RECEIVED_AT_MS + 5000).logs)]
    expect(first).toMatchObject({ eventName: 'order.placed', body: '{"a":1}', severity: 9 })
    expect([Object.fromEntries(first.attrs), Object.fromEntries(first.nums)]).toEqual([
      { 'event.name': 'order.placed', s: 'x' },
      { n: 2 },
    ])
    expect(second.logId).toBe(first.logId)
  })

  it('that tell of a call of a model become rows of their own below the span they were written in', () => {
    const record = wireLog({
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: pairs({
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4.1',
        'gen_ai.usage.input_tokens': 5,
        'user.id': 'ada',
      }),
    })
    expect(only(runLogs([record]).spans)).toMatchObject({
      origin: 'log',
      kind: 'llm',
      parentSpanId: 'a'.repeat(16),
      userId: 'ada',
      hasUsage: true,
      provider: 'openai',
    })
  })

  it('without a time of their own take the time they were observed or received', () => {
    const record = wireLog({ timeUnixNano: 0n, observedTimeUnixNano: 0n })
    expect(only(runLogs([record]).logs).timeNanos).toBe(nanos(RECEIVED_AT_MS))
  })
})
