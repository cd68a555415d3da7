import { ExportResultCode } from '@opentelemetry/core'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startReceiver } from '../../test/support/otlp-receiver.ts'
import type { AcceptResult } from '../pipeline-types.ts'

/** The exporters that agents use, unmodified, against the receiver. */

function spans() {
  const memory = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] })
  const span = provider.getTracer('test').startSpan('chat', { attributes: { 'gen_ai.request.model': 'gpt-4.1-mini' } })
  span.addEvent('token')
  span.end()
  return memory.getFinishedSpans()
}

const exported = (exporter: OTLPTraceExporter): Promise<number> =>
  new Promise((resolve) => exporter.export(spans(), ({ code }) => resolve(code)))

describe('the OpenTelemetry JavaScript exporters', () => {
  it.each(['none', 'gzip'] as const)('are content with the answer, compression %s', async (compression) => {
    const { port, seen, meters } = await startReceiver()
    const url = `http://127.0.0.1:${port}/v1/traces`
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression)
    onTestFinished(() => void vi.unstubAllEnvs())
    const exporter = new OTLPTraceExporter({ url })
    expect(await exported(exporter)).toBe(ExportResultCode.SUCCESS)
    expect(seen).toMatchObject([{ signal: 'traces', encoding: 'protobuf' }])
    const sent = meters.wireBytes.value({ signal: 'traces' })
    const read = meters.bytes.value({ signal: 'traces' })
    if (compression === 'gzip') expect(sent).toBeLessThan(read)
    else expect(sent).toBe(read)
    await exporter.shutdown()
  })

  it('send again after 503 and Retry-After, and do not lose the spans', async () => {
    const answers: AcceptResult[] = [
      { kind: 'unavailable', reason: 'spool full', retryAfterSeconds: 1 },
      { kind: 'accepted', accepted: 1, rejections: [] },
    ]
    const { port, seen } = await startReceiver({ answer: () => answers.shift()! })
    const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${port}/v1/traces` })
    expect(await exported(exporter)).toBe(ExportResultCode.SUCCESS)
    expect(seen).toHaveLength(2)
    await exporter.shutdown()
  })

  it('give up at once on what can never be accepted', async () => {
    const { port, seen } = await startReceiver({ answer: () => ({ kind: 'invalid', message: 'no' }) })
    const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${port}/v1/traces` })
    expect(await exported(exporter)).toBe(ExportResultCode.FAILED)
    expect(seen).toHaveLength(1)
    await exporter.shutdown()
  })

  it('send logs', async () => {
    const { port, seen } = await startReceiver()
    const memory = new InMemoryLogRecordExporter()
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: memory })] })
    provider.getLogger('test').emit({ body: { text: 'hello', n: 1 }, severityNumber: 9, eventName: 'greeting' })
    await provider.forceFlush()
    const exporter = new OTLPLogExporter({ url: `http://127.0.0.1:${port}/v1/logs` })
    const code = await new Promise((resolve) =>
      exporter.export(memory.getFinishedLogRecords(), (result) => resolve(result.code)),
    )
    expect(code).toBe(ExportResultCode.SUCCESS)
    expect(seen).toMatchObject([{ signal: 'logs' }])
    await exporter.shutdown()
  })
})
