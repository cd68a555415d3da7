import { Agent, request } from 'node:http'
import { SPANS_PER_REQUEST, templateOf } from './workload.ts'

/**
 * Sends load from a process of its own, so that its CPU is not the server's. Prints one JSON line when everything is acknowledged.
 *
 *     node --import tsx bench/sender.ts --url URL --spans N --connections C [--rate SPANS_PER_S] [--seed S]
 */
const flagOf = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : process.argv[at + 1]!
}
const url = new URL(`${flagOf('url', 'http://127.0.0.1:4318')}/v1/traces`)
const requests = Math.ceil(Number(flagOf('spans', '100000')) / SPANS_PER_REQUEST)
const connections = Number(flagOf('connections', '8'))
const rate = Number(flagOf('rate', '0'))
const seed = Number(flagOf('seed', '1'))

const agent = new Agent({ keepAlive: true, maxSockets: connections })
const post = (body: Uint8Array): Promise<{ status: number; retryAfter: number }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length } },
      (answer) => {
        answer.resume()
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, retryAfter: Number(answer.headers['retry-after'] ?? 1) }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

// A template is in use from before its send until its answer, so every connection has its own.
const templates = Array.from({ length: connections }, (_, i) => templateOf(seed + i))
const latenciesMs: number[] = []
let next = 0
let throttled = 0
const started = performance.now()

const work = async (connection: number): Promise<void> => {
  const template = templates[connection]!
  while (next < requests) {
    const n = next++
    if (rate > 0) {
      const due = started + (n * SPANS_PER_REQUEST * 1000) / rate
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    }
    template.become(n, Date.now())
    for (;;) {
      const sent = performance.now()
      const { status, retryAfter } = await post(template.bytes)
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
latenciesMs.sort((a, b) => a - b)
const at = (share: number): number => Math.round(latenciesMs[Math.floor((latenciesMs.length - 1) * share)]! * 100) / 100
console.log(
  JSON.stringify({
    spans: requests * SPANS_PER_REQUEST,
    bytes: requests * templates[0]!.bytes.length,
    seconds,
    spansPerSecond: Math.round((requests * SPANS_PER_REQUEST) / seconds),
    ackP50Ms: at(0.5),
    ackP99Ms: at(0.99),
    throttled,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  }),
)
agent.destroy()
