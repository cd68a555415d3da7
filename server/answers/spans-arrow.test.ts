import { tableFromIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import type { LightSpan } from '../../schema/api/shapes.ts'
import { spansToArrow } from './spans-arrow.ts'

const span: LightSpan = {
  spanId: '00f067aa0ba902b7',
  parentSpanId: '',
  name: 'chat gpt-4.1',
  kind: 'llm',
  service: 'shop',
  agent: 'refund-agent',
  model: 'gpt-4.1',
  tool: '',
  startNanos: '1795000000123456789',
  durationNanos: '2100000000',
  status: 'unset',
  failed: false,
  usage: null,
  usageRole: null,
  costUsd: '0.0041',
  costStatus: 'computed',
  ttftMs: null,
}

test('spans become Arrow rows in order, nanoseconds and money to the last digit, what is absent null', async () => {
  const table = tableFromIPC(await spansToArrow([span, { ...span, spanId: '00f067aa0ba902b8', ttftMs: 12.5 }]))
  const rows = table.toArray().map((row) => row?.toJSON())
  expect(rows).toMatchObject([
    { spanId: '00f067aa0ba902b7', startNanos: '1795000000123456789', costUsd: '0.0041', usageRole: null, ttftMs: null },
    { spanId: '00f067aa0ba902b8', ttftMs: 12.5, failed: false },
  ])
})

test('no spans is an empty table, not an error', async () => {
  expect(tableFromIPC(await spansToArrow([])).numRows).toBe(0)
})
