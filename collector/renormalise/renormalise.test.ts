import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Database } from '../../schema/clickhouse/database.ts'
import { openEmbedded } from '../../schema/clickhouse/embedded.ts'
import { migrate } from '../../schema/clickhouse/migrate.ts'
import { blockEncoder } from '../../schema/clickhouse/native-writer.ts'
import { CONTENT, LOGS, SPANS } from '../../schema/clickhouse/tables.ts'
import { MAPPER_VERSION } from '../../schema/dialects/dialects.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import type { Span } from '../../schema/model/span.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { expectConsistent } from '../../test/support/ledger-checks.ts'
import { COLLECTOR_DEFAULTS, type Collector, startCollector } from '../collector.ts'
import { type Normalised, normalise } from '../normalise/normalise.ts'
import { encodeKeys, mergeKeys } from '../spool/keys.ts'
import { SPOOL_LIMITS, Spool } from '../spool/spool.ts'

// Telemetry that an older version of the rules read wrongly lies in the store; the present rules are run over it.

const FIXTURES = join(import.meta.dirname, '../normalise/fixtures')
const START = 1_795_262_400_000_000_000n
const RANGE = { projectId: 1, fromNanos: START - 3_600_000_000_000n, toNanos: START + 3_600_000_000_000n }

let undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.reverse()) await step()
  undo = []
})

const read = (signal: 'traces' | 'logs', bytes: Uint8Array): Normalised =>
  normalise(decodeJson(signal, bytes), { projectId: 1, receivedAtMs: Date.parse('2027-01-01'), retentionDays: 0 })

/** What no dialect was known to an older version: every span is a plain one. */
const older = (span: Span): Span => ({
  ...span,
  mapperVersion: MAPPER_VERSION - 1,
  kind: 'span',
  rawKind: '',
  model: '',
  requestModel: '',
  tool: '',
  sessionId: '',
  usage: emptyUsage(),
  usageReported: 0,
  hasUsage: false,
  answered: false,
})

const storeWith = async (made: readonly Normalised[], old: (span: Span) => Span) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'recount-renormalise-'))
  const spool = await Spool.open(
    join(dataDir, 'spool', 'telemetry'),
    { segmentClosed: () => undefined, corrupt: () => undefined },
    SPOOL_LIMITS,
  )
  const stored = <T>(row: T) => ({ row, receivedOrder: 1n, receivedAtMs: Date.parse('2026-11-21'), retentionDays: 0 })
  const spans = made.flatMap((one) => one.spans).map(old)
  const logs = made.flatMap((one) => one.logs)
  const contents = made.flatMap((one) => one.contents)
  const keys = mergeKeys(
    spans.map(({ traceId, startNanos }) => ({ projectId: 1, traceId, minStart: startNanos, maxStart: startNanos })),
  )
  await spool.append(
    [
      { table: 'spans' as const, format: 'Native' as const, ...blockEncoder(SPANS)(spans.map(stored)) },
      { table: 'logs' as const, format: 'Native' as const, ...blockEncoder(LOGS)(logs.map(stored)) },
      { table: 'content' as const, format: 'Native' as const, ...blockEncoder(CONTENT)(contents.map(stored)) },
      { table: 'keys' as const, format: 'RowBinary' as const, rows: keys.length, bytes: encodeKeys(keys) },
    ].filter(({ rows }) => rows > 0),
  )
  await spool.flush()
  await spool.close()
  const database = await openEmbedded(dataDir)
  await migrate(database, { minFreeDiskBytes: 0 })
  const collector = await startCollector(
    { ...COLLECTOR_DEFAULTS, retentionDays: 0, dataDir },
    { database, metrics: new MetricsRegistry(), log: () => undefined },
  )
  undo.push(
    async () => rmSync(dataDir, { recursive: true, force: true }),
    () => database.close(),
    () => collector.close(1000),
  )
  await collector.settled()
  return { database, collector }
}

const figuresOf = async (database: Database): Promise<Record<string, string>> =>
  (
    await database.query<Record<string, string>>(
      `SELECT toString(count()) AS runs, toString(sum(span_count)) AS spans, toString(sum(model_calls)) AS modelCalls, toString(sum(tool_calls)) AS toolCalls,
    toString(sum(input_uncached) + sum(cache_read) + sum(cache_write_5m) + sum(cache_write_1h)) AS input, toString(sum(output_text) + sum(reasoning)) AS output
FROM runs FINAL`,
    )
  )[0]!

const renormalised = async (collector: Collector) => {
  const progress = await collector.renormalise(RANGE)
  await collector.settled()
  return progress
}

describe('recount renormalise', () => {
  it('keeps large attributes, also those that are stored in parts', async () => {
    const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })
    const messages = JSON.stringify(
      Array.from({ length: 60 }, (_, i) => ({ role: 'user', content: `${i} ${'order '.repeat(80)}` })),
    )
    const span = {
      traceId: '5'.repeat(32),
      spanId: '6'.repeat(16),
      name: 'chat gpt-4.1',
      kind: 3,
      startTimeUnixNano: String(START),
      endTimeUnixNano: String(START + 1_000_000n),
      attributes: [
        attribute('gen_ai.operation.name', 'chat'),
        attribute('gen_ai.input.messages', messages),
        attribute('app.page', 'x'.repeat(5_000)),
      ],
    }
    const made = read('traces', Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })))
    const [expected] = made.spans
    expect([...expected!.attrRefs.keys()].sort()).toEqual(['app.page', 'gen_ai.input.messages'])
    const { database, collector } = await storeWith([made], older)
    expect(await renormalised(collector)).toMatchObject({ changed: 1 })
    const [stored] = await database.query<{ refs: Record<string, string> }>(
      'SELECT mapApply((k, v) -> (k, lower(hex(v))), argMax(attr_refs, received_order)) AS refs FROM spans',
    )
    expect(stored!.refs).toEqual(Object.fromEntries(expected!.attrRefs))
  })

  it('reads history as telemetry that arrives now is read, counts nothing twice, and does nothing the second time', async () => {
    const made = ['otel-genai', 'openinference', 'openllmetry', 'vercel-ai'].map((name) =>
      read('traces', readFileSync(join(FIXTURES, `${name}.json`))),
    )
    const fresh = await storeWith(made, (span) => span)
    const expected = await figuresOf(fresh.database)
    expect(Number(expected.modelCalls)).toBeGreaterThan(4)
    await undoAll()

    const { database, collector } = await storeWith(made, older)
    expect(await figuresOf(database)).toMatchObject({ modelCalls: '0', toolCalls: '0', spans: expected.spans })

    const spans = made.flatMap((one) => one.spans).filter(({ origin }) => origin === 'span').length
    expect(await renormalised(collector)).toMatchObject({ read: spans, changed: spans })
    expect(await figuresOf(database)).toEqual(expected)
    await expectConsistent(database)
    expect(
      await database.query(
        'SELECT toString(count()) AS n, toString(min(v)) AS oldest FROM (SELECT argMax(mapper_version, received_order) AS v FROM spans GROUP BY trace_id, span_id)',
      ),
    ).toEqual([{ n: String(spans), oldest: String(MAPPER_VERSION) }])

    expect(await renormalised(collector)).toMatchObject({ read: spans, changed: 0 })
    expect(await figuresOf(database)).toEqual(expected)
  }, 60_000)

  it('derives calls from records that an older version only kept', async () => {
    const record = (event: string, ms: number, attributes: Readonly<Record<string, string | number>>) => ({
      timeUnixNano: String(START + BigInt(ms) * 1_000_000n),
      body: { stringValue: event },
      attributes: Object.entries({
        'event.name': event,
        'session.id': 'desk-1',
        model: 'claude-sonnet-4-5',
        ...attributes,
      }).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
      })),
    })
    const logRecords = [
      record('api_request', 900, {
        input_tokens: 12,
        cache_read_tokens: 1000,
        output_tokens: 40,
        request_id: 'req_a',
        duration_ms: 800,
      }),
      record('tool_result', 950, { tool_name: 'Bash', tool_use_id: 'toolu_01aRM7uhzaC1', success: 'true' }),
    ]
    const made = read(
      'logs',
      new TextEncoder().encode(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })),
    )
    // The older version had no rule for such records: it kept them and derived nothing.
    const { database, collector } = await storeWith([{ ...made, spans: [] }], older)
    expect(await figuresOf(database)).toMatchObject({ runs: '0' })

    expect(await renormalised(collector)).toMatchObject({ changed: 2 })
    expect(await figuresOf(database)).toMatchObject({
      runs: '1',
      modelCalls: '1',
      toolCalls: '1',
      input: '1012',
      output: '40',
    })
    expect(await renormalised(collector)).toMatchObject({ changed: 0 })
  }, 60_000)
})

const undoAll = async (): Promise<void> => {
  for (const step of undo.reverse()) await step()
  undo = []
}
