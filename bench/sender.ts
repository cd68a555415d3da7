import { Agent, request } from 'node:http'
import { connect } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { SPANS_PER_REQUEST, templateOf } from './workload.ts'

/**
 * Sends load from a process of its own, so that its CPU is not the server's. Prints one JSON line when everything is acknowledged.
 *
 *     node --import tsx bench/sender.ts --url URL --spans N --connections C [--rate SPANS_PER_S] [--seed S] [--protocol http|json|grpc] [--gzip]
 *
 * With `--gzip` all requests are made and compressed before the first is sent: compressing costs more than sending.
 */
const flagOf = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : process.argv[at + 1]!
}
const url = flagOf('url', 'http://127.0.0.1:4318')
const requests = Math.ceil(Number(flagOf('spans', '100000')) / SPANS_PER_REQUEST)
const connections = Number(flagOf('connections', '8'))
const rate = Number(flagOf('rate', '0'))
const seed = Number(flagOf('seed', '1'))
const protocol = flagOf('protocol', 'http')
const isGzip = process.argv.includes('--gzip')

interface Answer {
  /** 200 is acknowledged, 429 and 503 ask to come again. */
  readonly status: number
  readonly retryAfter: number
}
interface Road {
  readonly post: (body: Uint8Array) => Promise<Answer>
  readonly close: () => void
}

const overHttp = (): Road => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const headers = {
    'content-type': protocol === 'json' ? 'application/json' : 'application/x-protobuf',
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
  }
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          `${url}/v1/traces`,
          { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
          (answer) => {
            answer.resume()
            answer.on('end', () =>
              resolve({ status: answer.statusCode ?? 0, retryAfter: Number(answer.headers['retry-after'] ?? 1) }),
            )
          },
        )
        outgoing.on('error', reject)
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}

const GRPC_OK = '0'
/** RESOURCE_EXHAUSTED and UNAVAILABLE: come again. */
const GRPC_LATER = ['8', '14']

/** gRPC as its specification has it: a POST on HTTP/2 whose body is a flag, a length and the message. */
const overGrpc = (): Road => {
  const session = connect(url)
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          'content-type': 'application/grpc',
          te: 'trailers',
          ...(isGzip ? { 'grpc-encoding': 'gzip' } : {}),
        })
        let code = ''
        const read = (headers: Record<string, unknown>): void => {
          if (headers['grpc-status'] !== undefined) code = String(headers['grpc-status'])
        }
        stream.on('response', read)
        stream.on('trailers', read)
        stream.on('error', reject)
        stream.on('end', () =>
          resolve({ status: code === GRPC_OK ? 200 : GRPC_LATER.includes(code) ? 503 : Number(code), retryAfter: 1 }),
        )
        stream.resume()
        const head = Buffer.alloc(5)
        head[0] = isGzip ? 1 : 0
        head.writeUInt32BE(body.length, 1)
        stream.write(head)
        stream.end(body)
      }),
    close: () => session.close(),
  }
}

const roads = Array.from({ length: protocol === 'grpc' ? connections : 1 }, () =>
  protocol === 'grpc' ? overGrpc() : overHttp(),
)
// A template is in use from before its send until its answer, so every connection has its own.
const templates = Array.from({ length: connections }, (_, i) =>
  templateOf(seed + i, protocol === 'json' ? 'json' : 'protobuf'),
)
const made = isGzip
  ? Array.from({ length: requests }, (_, n) => {
      const template = templates[n % connections]!
      template.become(n, Date.now())
      return gzipSync(template.bytes, { level: 6 })
    })
  : undefined
const latenciesMs: number[] = []
let next = 0
let throttled = 0
let bytes = 0
const cpuBefore = process.cpuUsage()
const started = performance.now()

const work = async (connection: number): Promise<void> => {
  const template = templates[connection]!
  const road = roads[connection % roads.length]!
  while (next < requests) {
    const n = next++
    if (rate > 0) {
      const due = started + (n * SPANS_PER_REQUEST * 1000) / rate
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    }
    if (!made) template.become(n, Date.now())
    const body = made?.[n] ?? template.bytes
    bytes += body.length
    for (;;) {
      const sent = performance.now()
      const { status, retryAfter } = await road.post(body)
      if (status === 200) {
        latenciesMs.push(performance.now() - sent)
        break
      }
      if (status !== 503 && status !== 429) throw new Error(`answered ${status}`)
      throttled++
      await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000))
    }
  }
}
await Promise.all(templates.map((_, i) => work(i)))
const seconds = (performance.now() - started) / 1000
const cpu = process.cpuUsage(cpuBefore)
latenciesMs.sort((a, b) => a - b)
const at = (share: number): number => Math.round(latenciesMs[Math.floor((latenciesMs.length - 1) * share)]! * 100) / 100
console.log(
  JSON.stringify({
    spans: requests * SPANS_PER_REQUEST,
    bytes,
    seconds,
    spansPerSecond: Math.round((requests * SPANS_PER_REQUEST) / seconds),
    ackP50Ms: at(0.5),
    ackP99Ms: at(0.99),
    throttled,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }),
)
for (const road of roads) road.close()
