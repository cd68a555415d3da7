import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import type { Signal } from '../../schema/otlp/wire.ts'

/** The reference client, with bytes in and bytes out: what an SDK's exporter does, and what it hides. */

export const METHODS: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
}

export interface GrpcAnswer {
  /** 0 is OK. */
  readonly code: number
  readonly message: string
  readonly body: Buffer
  /** `google.rpc.Status` of an error, with its details. */
  readonly status: Buffer
}

export interface GrpcCall {
  readonly path?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** 0 none, 1 deflate, 2 gzip: grpc-js's own numbers. */
  readonly compression?: number
  readonly ca?: Buffer
  readonly host?: string
}

const identity = (bytes: Buffer): Buffer => bytes

export const callGrpc = (port: number, body: Uint8Array, call: GrpcCall = {}): Promise<GrpcAnswer> => {
  const { path = METHODS.traces, metadata = {}, compression = 0, ca, host = '127.0.0.1' } = call
  const client = new Client(`${host}:${port}`, ca ? credentials.createSsl(ca) : credentials.createInsecure(), {
    'grpc.default_compression_algorithm': compression,
    'grpc.max_send_message_length': -1,
    // One connection per client, so that each test has its own.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
  })
  const sent = new Metadata()
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value)
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, identity, identity, Buffer.from(body), sent, (error, answer) => {
      client.close()
      resolve({ ...failure(error), body: answer ?? Buffer.alloc(0) })
    })
  })
}

const failure = (error: ServiceError | null): Pick<GrpcAnswer, 'code' | 'message' | 'status'> => ({
  code: error?.code ?? 0,
  message: error?.details ?? '',
  status: (error?.metadata.get('grpc-status-details-bin')[0] as Buffer | undefined) ?? Buffer.alloc(0),
})
