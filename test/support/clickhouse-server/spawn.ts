import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ClickHouseServer, ClickHouseServerOptions } from './server.ts'

export interface SpawnedClickHouseServer extends ClickHouseServer {
  /** SIGKILL for a crash, SIGSTOP and SIGCONT for a hang. `start()` brings a killed one back. */
  signal(signal: NodeJS.Signals): Promise<void>
}

/** Each query holds one of libuv's threads while it runs; four would be too few for a server. */
const THREADS = '16'

/** The test server in a process of its own: a test that runs the embedded engine, or kills the server, needs that. */
export const spawnClickHouseServer = async (options: ClickHouseServerOptions): Promise<SpawnedClickHouseServer> => {
  let child: ChildProcess | null = null
  let url = ''

  const start = async (): Promise<void> => {
    if (child) return
    const started = spawn(process.execPath, argumentsOf(options, url), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, UV_THREADPOOL_SIZE: THREADS },
    })
    const lines = createInterface({ input: started.stdout! })
    const failed = once(started, 'exit').then(([code]) => {
      throw new Error(`The ClickHouse test server ended with code ${code} before it was ready`)
    })
    const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string]
    failed.catch(() => undefined)
    url = line
    child = started
  }

  const signal = async (name: NodeJS.Signals): Promise<void> => {
    const target = child
    if (!target) return
    const ends = name !== 'SIGSTOP' && name !== 'SIGCONT'
    const ended = ends ? once(target, 'exit') : null
    target.kill(name)
    if (!ended) return
    await ended
    child = null
  }

  await start()
  return {
    url,
    start,
    signal,
    stop: async () => {
      child?.kill('SIGCONT')
      await signal('SIGTERM')
    },
  }
}

const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url))

const argumentsOf = ({ dataDir, port, password }: ClickHouseServerOptions, url: string): string[] => [
  '--import',
  TYPESCRIPT,
  fileURLToPath(new URL('./main.ts', import.meta.url)),
  '--data',
  dataDir,
  '--port',
  url === '' ? String(port ?? 0) : new URL(url).port,
  ...(password === undefined ? [] : ['--password', password]),
]
