import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPLogExporter as LogsGrpc } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as LogsJson } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as MetricsGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as MetricsJson } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as TracesGrpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as TracesJson } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  MeterProvider,
  MetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Database } from '../../schema/clickhouse/database.ts'
import { openEmbedded } from '../../schema/clickhouse/embedded.ts'
import { untilEmpty } from './kill-rounds.ts'
import { freePort, startRecountProcess } from './recount-process.ts'

export const SDK_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const
type Protocol = (typeof SDK_PROTOCOLS)[number]

/** Of one protocol and signal: what was made, what the exporter said of it, and what is there. */
export interface Delivery {
  readonly protocol: Protocol
  readonly signal: 'traces' | 'logs' | 'metrics'
  readonly made: number
  /** Export reported success. */
  readonly succeeded: number
  /** Export reported failure: the SDK had given up. */
  readonly failed: number
  /** Made and never exported: the SDK's own queue was full. */
  readonly droppedBySdk: number
  readonly stored: number
  /** Reported as success and not stored. */
  readonly lost: number
}

export interface SdkDelivery {
  readonly deliveries: readonly Delivery[]
  /** From the signal to end until it was ready again. */
  readonly restartMs: number
  /** Spans stored more than once. */
  readonly doubled: number
}

const SPANS_PER_TRACE = 20
/** Made at once before the event loop gets its turn. */
const CHUNK = 200
/** Made and not yet settled: an agent waits for its model, so the SDK's queue of 2,048 is rarely full. */
const WAITING_MAX = 1_500

/** The OpenTelemetry SDK's own exporters, unmodified, as agents use them, while Recount is stopped and started again in the middle. */
export const sdkDelivery = async (
  spans: number,
  print: (line: string) => void = () => undefined,
): Promise<SdkDelivery> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-sdk-'))
  const ports = { api: await freePort(), otlpHttp: await freePort(), otlpGrpc: await freePort() }
  const first = await startRecountProcess({ dataDir, ports, readyTimeoutMs: 120_000 })
  try {
    const perProtocol = Math.ceil(spans / SDK_PROTOCOLS.length)
    const senders = SDK_PROTOCOLS.flatMap((protocol) => [
      sendTraces(protocol, ports, perProtocol),
      sendLogs(protocol, ports, Math.ceil(perProtocol / 10)),
      sendMetrics(protocol, ports, Math.max(20, Math.ceil(perProtocol / 200))),
    ])
    const half = Promise.all(senders.map(({ halfway }) => halfway))
    await half
    const stopped = performance.now()
    await first.stop()
    const second = await startRecountProcess({ dataDir, ports, readyTimeoutMs: 120_000 })
    const restartMs = performance.now() - stopped
    print(`restarted in ${Math.round(restartMs)} ms`)
    const sent = await Promise.all(senders.map(({ done }) => done))
    await untilEmpty(second.api)
    await second.stop()
    return { restartMs, ...(await compared(dataDir, sent)) }
  } finally {
    first.child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface Sent extends Omit<Delivery, 'stored' | 'lost' | 'succeeded'> {
  readonly succeededIds: readonly string[]
}
interface Sender {
  /** Half of it is made and handed to the SDK. */
  readonly halfway: Promise<void>
  readonly done: Promise<Sent>
}
type Ports = { readonly otlpHttp: number; readonly otlpGrpc: number }

/** Hands every export to the real exporter and keeps what it said. */
const recorded = <Item>(
  inner: { export(items: Item[], done: (result: ExportResult) => void): void },
  idOf: (item: Item) => string,
) => {
  const succeededIds: string[] = []
  let failed = 0
  return {
    succeededIds,
    failed: () => failed,
    settled: () => succeededIds.length + failed,
    export: (items: Item[], done: (result: ExportResult) => void): void =>
      inner.export(items, (result) => {
        if (result.code === ExportResultCode.SUCCESS) for (const item of items) succeededIds.push(idOf(item))
        else failed += items.length
        done(result)
      }),
  }
}

/** `make(i)` for all, in chunks; the event loop gets its turn between them, and a moment at half. */
const inChunks = (
  total: number,
  make: (i: number) => void,
  settled: () => number,
): { halfway: Promise<void>; all: Promise<void> } => {
  let reached = (): void => undefined
  const halfway = new Promise<void>((resolve) => {
    reached = resolve
  })
  const run = async (): Promise<void> => {
    for (let i = 0; i < total; i++) {
      make(i)
      if (i === Math.floor(total / 2)) reached()
      while (i % CHUNK === CHUNK - 1) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        if (i + 1 - settled() <= WAITING_MAX) break
      }
    }
  }
  return { halfway, all: run() }
}

const urlOf = (protocol: Protocol, ports: Ports, signal: string): string =>
  protocol === 'grpc' ? `http://127.0.0.1:${ports.otlpGrpc}` : `http://127.0.0.1:${ports.otlpHttp}/v1/${signal}`

const TRACES = { 'http/protobuf': TracesProto, 'http/json': TracesJson, grpc: TracesGrpc }
const LOGS = { 'http/protobuf': LogsProto, 'http/json': LogsJson, grpc: LogsGrpc }
const METRICS = { 'http/protobuf': MetricsProto, 'http/json': MetricsJson, grpc: MetricsGrpc }
const resourceOf = (protocol: Protocol) => resourceFromAttributes({ 'service.name': `sdk ${protocol}` })

const sendTraces = (protocol: Protocol, ports: Ports, total: number): Sender => {
  const exporter: SpanExporter = new TRACES[protocol]({ url: urlOf(protocol, ports, 'traces') })
  const kept = recorded(exporter, (span) => span.spanContext().traceId + span.spanContext().spanId)
  const processor = new BatchSpanProcessor({ export: kept.export, shutdown: () => exporter.shutdown() })
  const provider = new BasicTracerProvider({ resource: resourceOf(protocol), spanProcessors: [processor] })
  const tracer = provider.getTracer('sdk-delivery')
  let parent = ROOT_CONTEXT
  const { halfway, all } = inChunks(
    total,
    (i) => {
      const span = tracer.startSpan(
        'chat',
        { attributes: { 'gen_ai.operation.name': 'chat', i } },
        i % SPANS_PER_TRACE === 0 ? ROOT_CONTEXT : parent,
      )
      if (i % SPANS_PER_TRACE === 0) parent = trace.setSpan(ROOT_CONTEXT, span)
      span.end()
    },
    kept.settled,
  )
  return { halfway, done: finished(all, provider, kept, { protocol, signal: 'traces', made: total }) }
}

const sendLogs = (protocol: Protocol, ports: Ports, total: number): Sender => {
  const exporter: LogRecordExporter = new LOGS[protocol]({ url: urlOf(protocol, ports, 'logs') })
  const kept = recorded(exporter, (record) => `${protocol} ${String(record.attributes.i)}`)
  const processor = new BatchLogRecordProcessor({
    exporter: { export: kept.export, shutdown: () => exporter.shutdown(), forceFlush: () => Promise.resolve() },
  })
  const provider = new LoggerProvider({ resource: resourceOf(protocol), processors: [processor] })
  const logger = provider.getLogger('sdk-delivery')
  const { halfway, all } = inChunks(total, (i) => logger.emit({ body: `record ${i}`, attributes: { i } }), kept.settled)
  return { halfway, done: finished(all, provider, kept, { protocol, signal: 'logs', made: total }) }
}

/** Read when it is told to. */
class OnDemand extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }
}

/** One point an export, as a process with one counter has it. */
const sendMetrics = (protocol: Protocol, ports: Ports, total: number): Sender => {
  const exporter: PushMetricExporter = new METRICS[protocol]({ url: urlOf(protocol, ports, 'metrics') })
  const reader = new OnDemand({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })
  const provider = new MeterProvider({ resource: resourceOf(protocol), readers: [reader] })
  const counter = provider.getMeter('sdk-delivery').createCounter('exports')
  const succeededIds: string[] = []
  let failed = 0
  let reached = (): void => undefined
  const halfway = new Promise<void>((resolve) => {
    reached = resolve
  })
  const exportOne = async (i: number): Promise<void> => {
    counter.add(1, { i })
    const { resourceMetrics } = await reader.collect()
    const result = await new Promise<ExportResult>((resolve) => exporter.export(resourceMetrics, resolve))
    if (result.code === ExportResultCode.SUCCESS) succeededIds.push(`${protocol} ${i}`)
    else failed++
  }
  const run = async (): Promise<Sent> => {
    for (let i = 0; i < total; i++) {
      if (i === Math.floor(total / 2)) reached()
      await exportOne(i)
    }
    await provider.shutdown()
    await exporter.shutdown()
    return { protocol, signal: 'metrics', made: total, succeededIds, failed, droppedBySdk: 0 }
  }
  return { halfway, done: run() }
}

const finished = async (
  all: Promise<void>,
  provider: { shutdown(): Promise<void> },
  kept: { readonly succeededIds: readonly string[]; readonly failed: () => number },
  what: Pick<Sent, 'protocol' | 'signal' | 'made'>,
): Promise<Sent> => {
  await all
  // A flush whose last batch fails says so by rejecting; what failed is counted already.
  await provider.shutdown().catch(() => undefined)
  const { succeededIds } = kept
  return { ...what, succeededIds, failed: kept.failed(), droppedBySdk: what.made - succeededIds.length - kept.failed() }
}

/** What each table holds, by the id that the sender knows it by. */
const STORED: Readonly<Record<Delivery['signal'], string>> = {
  traces: `SELECT replaceOne(service, 'sdk ', '') AS protocol, lower(hex(trace_id)) || lower(hex(span_id)) AS id, count() AS n
    FROM spans WHERE scope = 'sdk-delivery' GROUP BY protocol, id`,
  logs: `SELECT replaceOne(service, 'sdk ', '') AS protocol, protocol || ' ' || toString(toUInt64(nums['i'])) AS id, count() AS n
    FROM logs WHERE scope = 'sdk-delivery' GROUP BY protocol, id`,
  metrics: `SELECT replaceOne(service, 'sdk ', '') AS protocol, protocol || ' ' || toString(toUInt64(nums['i'])) AS id, count() AS n
    FROM metrics WHERE scope = 'sdk-delivery' GROUP BY protocol, id`,
}

const compared = async (dataDir: string, sent: readonly Sent[]): Promise<Omit<SdkDelivery, 'restartMs'>> => {
  const database: Database = await openEmbedded(dataDir)
  try {
    const stored = new Map<string, Map<string, number>>()
    for (const [signal, sql] of Object.entries(STORED))
      for (const { protocol, id, n } of await database.query<{ protocol: string; id: string; n: number }>(sql)) {
        const name = `${signal} ${protocol}`
        if (!stored.has(name)) stored.set(name, new Map())
        stored.get(name)!.set(id, n)
      }
    const deliveries = sent.map(({ succeededIds, ...rest }) => {
      const there = stored.get(`${rest.signal} ${rest.protocol}`) ?? new Map<string, number>()
      const lost = succeededIds.filter((id) => !there.has(id)).length
      return { ...rest, succeeded: succeededIds.length, stored: there.size, lost }
    })
    const doubled = [...stored.entries()]
      .filter(([name]) => name.startsWith('traces'))
      .reduce((sum, [, ids]) => sum + [...ids.values()].filter((n) => n > 1).length, 0)
    return { deliveries, doubled }
  } finally {
    await database.close()
  }
}

/** One line a protocol and signal. */
export const deliveryLines = ({ deliveries, restartMs, doubled }: SdkDelivery): readonly string[] => [
  ...deliveries.map(
    (d) =>
      `${d.protocol.padEnd(13)} ${d.signal.padEnd(7)} made ${d.made} · reported as delivered ${d.succeeded} · given up by the SDK ${d.failed} · dropped by its queue ${d.droppedBySdk} · stored ${d.stored} · lost ${d.lost}`,
  ),
  `restart ${(restartMs / 1000).toFixed(1)} s · spans stored twice ${doubled} · lost ${deliveries.reduce((sum, d) => sum + d.lost, 0)}`,
]
