import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

/** A process of the program as its users run it, that can be killed, timed and weighed. */
export interface RoleProcess {
  readonly child: ChildProcess
  /** Milliseconds from start to the first answer of /readyz. */
  readonly readyMs: number
  /** User and system CPU seconds used so far, all threads. */
  readonly cpuSeconds: () => number
  readonly residentBytes: () => number
  /** What it printed so far. */
  readonly output: () => string
  /** SIGKILL, and waits for the end. */
  readonly kill: () => Promise<void>
  /** SIGTERM, and waits; the exit code. */
  readonly stop: () => Promise<number | null>
}

/** Recount as one process. */
export interface RecountProcess extends RoleProcess {
  readonly api: string
  readonly otlpHttp: string
  /** host:port */
  readonly otlpGrpc: string
}

export interface ProcessOptions {
  readonly dataDir: string
  readonly ports?: { readonly api: number; readonly otlpHttp: number; readonly otlpGrpc?: number }
  readonly flags?: readonly string[]
  readonly readyTimeoutMs?: number
}

const BIN = fileURLToPath(new URL('../../bin/recount.cjs', import.meta.url))
/** Those that the program is started with by `npm start` and by its first line. */
const NODE_FLAGS = readFileSync(BIN, 'utf8')
  .split('\n')[0]!
  .split(' ')
  .filter((word) => word.startsWith('--'))
const CLOCK_TICKS_PER_SECOND = 100

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Between asking for a free port and listening on it another test may take it: then with others. */
const PORT_TRIES_MAX = 3

export const startRecountProcess = async (options: ProcessOptions): Promise<RecountProcess> => {
  for (let tries = 1; ; tries++)
    try {
      return await startOnce(options)
    } catch (error) {
      if (options.ports || tries === PORT_TRIES_MAX || !(error as Error).message.includes('(port_in_use)')) throw error
    }
}

const startOnce = async ({
  dataDir,
  ports,
  flags = [],
  readyTimeoutMs = 30_000,
}: ProcessOptions): Promise<RecountProcess> => {
  const { api, otlpHttp } = ports ?? { api: await freePort(), otlpHttp: await freePort() }
  const otlpGrpc = ports?.otlpGrpc ?? (await freePort())
  const ingest = ['--otlp-http', String(otlpHttp), '--otlp-grpc', String(otlpGrpc)]
  const args = ['serve', '--data', dataDir, '--port', String(api), ...ingest, ...flags]
  const url = `http://127.0.0.1:${api}`
  return {
    ...(await startRoleProcess(args, url, readyTimeoutMs)),
    api: url,
    otlpHttp: `http://127.0.0.1:${otlpHttp}`,
    otlpGrpc: `127.0.0.1:${otlpGrpc}`,
  }
}

/** `recount` with these arguments, when its /readyz at `url` says so. */
export const startRoleProcess = async (
  args: readonly string[],
  url: string,
  readyTimeoutMs = 30_000,
): Promise<RoleProcess> => {
  const started = performance.now()
  // Several run side by side: whoever names no port for gRPC takes a free one.
  const env = { RECOUNT_OTLP_GRPC: '0', ...process.env }
  const child = spawn(process.execPath, [...NODE_FLAGS, BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  let ready = false
  while (!ready) {
    if (child.exitCode !== null) throw new Error(`recount exited with ${child.exitCode}:\n${printed}`)
    if (performance.now() - started > readyTimeoutMs) {
      child.kill('SIGKILL')
      throw new Error(`recount was not ready after ${readyTimeoutMs} ms:\n${printed}`)
    }
    ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (!ready) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    child,
    readyMs: performance.now() - started,
    cpuSeconds: () => {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
    },
    residentBytes: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    output: () => printed,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}
