import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { encodeExportResponse } from '../../schema/otlp/encode-protobuf.ts'
import { type OtlpSink, startOtlpSink } from '../otlp/test-sink.ts'
import { runImport } from './run-import.ts'

let sink: OtlpSink | undefined
afterEach(() => sink?.close())

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

test('an import arrives whole through the exporters and says what it sent', async () => {
  sink = await startOtlpSink()
  const lines: string[] = []
  const report = await runImport({
    format: 'tau2',
    files: [fixture('tau2.json')],
    endpoint: sink.endpoint,
    print: (line) => lines.push(line),
  })
  expect(report.files).toMatchObject([{ runs: 2, spans: 15, modelCalls: 8, toolCalls: 3, evaluations: 8 }])
  expect(sink.spans).toHaveLength(15)
  expect(sink.logs).toHaveLength(8)
  expect(sink.logs[0]).toMatchObject({ eventName: 'gen_ai.evaluation.result', traceId: sink.spans[0]?.traceId })
  expect(sink.spans.find(({ name }) => name === 'chat gpt-4.1')?.attributes['gen_ai.usage.input_tokens']).toBe(100)
  expect(lines.join('\n')).toMatch(/tau2\.json: 2 runs, 15 spans .*\nSent 15 spans and 8 evaluations/)
})

test('with --experiment all files are one experiment, and repetitions are counted across them', async () => {
  sink = await startOtlpSink()
  const file = fixture('mini-swe-agent.jsonl')
  const copy = join(mkdtempSync(join(tmpdir(), 'recount-import-')), 'again.jsonl')
  const text = (await import('node:fs')).readFileSync(file, 'utf8').replaceAll('resp-', 'again-')
  writeFileSync(copy, text)
  await runImport({ format: 'mini-swe-agent', files: [file, copy], endpoint: sink.endpoint, experiment: 'nightly' })
  const roots = sink.spans.filter(({ parentSpanId }) => parentSpanId === '')
  expect(new Set(roots.map(({ attributes }) => attributes['recount.experiment.id'])).size).toBe(1)
  expect(
    roots.map(({ attributes: a }) => [a['recount.experiment.name'], a['recount.case'], a['recount.trial']]),
  ).toEqual([
    ['nightly', 'acme__lib-1', 0],
    ['nightly', 'acme__lib-2', 0],
    ['nightly', 'acme__lib-1', 1],
    ['nightly', 'acme__lib-2', 1],
  ])
})

test('raw OTLP bodies go as they are to the path of their signal; what the server rejects or does not take is said', async () => {
  sink = await startOtlpSink((n, path) => {
    if (path === '/v1/metrics') return { status: 404 }
    return n === 1 ? { status: 200, body: encodeExportResponse(3, 'bad ids') } : undefined
  })
  const dir = mkdtempSync(join(tmpdir(), 'recount-import-'))
  const files = ['001-traces.pb.gz', '002-logs.json', 'some.json.gz', '003-metrics.pb'].map((name) => join(dir, name))
  writeFileSync(files[0]!, gzipSync(new Uint8Array(0)))
  writeFileSync(files[1]!, '{"resourceLogs":[]}')
  writeFileSync(files[2]!, gzipSync('{"resourceSpans":[]}'))
  writeFileSync(files[3]!, '')
  const report = await runImport({ format: 'otlp', files, endpoint: sink.endpoint, key: 'rk_1' })
  expect(sink.requests.slice(1).map(({ path }) => path)).toEqual([
    '/v1/traces',
    '/v1/logs',
    '/v1/traces',
    '/v1/metrics',
  ])
  expect(report).toMatchObject({ requests: 3, rejected: { spans: 3, reasons: ['bad ids'] }, skipped: [files[3]] })
})

test('a file whose signal nothing tells is refused', async () => {
  sink = await startOtlpSink()
  const file = join(mkdtempSync(join(tmpdir(), 'recount-import-')), 'body.pb')
  writeFileSync(file, '')
  await expect(runImport({ format: 'otlp', files: [file], endpoint: sink.endpoint })).rejects.toThrow(
    /which OTLP signal/,
  )
})
