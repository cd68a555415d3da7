import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, startRecountProcess } from './support/recount-process.ts'
import { tempDir } from './support/temp-dir.ts'

const BIN = fileURLToPath(new URL('../bin/recount.cjs', import.meta.url))

/** Runs the command to its end; what a person at the terminal gets. */
const run = (args: readonly string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.once('exit', (code) => resolve({ code, output }))
  })

test('a second process on the data directory is told who holds it, where it answers, and what to do', async () => {
  const dataDir = tempDir()
  const first = await startRecountProcess({ dataDir })
  onTestFinished(() => first.kill())
  const second = await run(['serve', '--data', dataDir, '--port', '0', '--otlp-http', '0'])
  expect(second.code).toBe(2)
  expect(second.output).toContain('(data_directory_in_use)')
  expect(second.output).toContain(`process ${first.child.pid}`)
  expect(second.output).toContain(first.api)
  expect(second.output).toContain('--data DIR')
})

test('a killed process leaves no lock behind that would stop the next one', async () => {
  const dataDir = tempDir()
  const first = await startRecountProcess({ dataDir })
  await first.kill()
  const second = await startRecountProcess({ dataDir })
  expect(await second.stop()).toBe(0)
})

test('a busy port is named with the flag that chooses another', async () => {
  const blocker = createServer()
  onTestFinished(() => void blocker.close())
  const port = await freePort()
  await new Promise<void>((resolve) => blocker.listen(port, '127.0.0.1', resolve))
  const started = await run(['serve', '--data', tempDir(), '--port', String(port), '--otlp-http', '0'])
  expect(started.code).toBe(2)
  expect(started.output).toContain('(port_in_use)')
  expect(started.output).toContain(`port ${port}`)
  expect(started.output).toContain('--port PORT')
  const other = await run(['serve', '--data', tempDir(), '--port', '0', '--otlp-http', String(port)])
  expect(other.output).toContain('--otlp-http PORT')
  const flags = ['--port', '0', '--otlp-http', '0', '--otlp-grpc', String(port)]
  const third = await run(['serve', '--data', tempDir(), ...flags])
  expect(third.code).toBe(2)
  expect(third.output).toContain('(port_in_use)')
  expect(third.output).toContain('--otlp-grpc PORT')
})

test('an address that others can reach needs a key; with one, both doors ask for it', async () => {
  const dataDir = tempDir()
  const refused = await run(['serve', '--data', dataDir, '--host', '0.0.0.0', '--port', '0', '--otlp-http', '0'])
  expect(refused.code).toBe(2)
  expect(refused.output).toContain('(address_needs_key)')
  expect(refused.output).toContain(`recount key create --data ${dataDir}`)

  const key = (await run(['key', 'create', 'test', '--data', dataDir])).output.split('\n')[0]!
  const recount = await startRecountProcess({ dataDir, flags: ['--host', '0.0.0.0'] })
  onTestFinished(() => recount.kill())
  expect((await fetch(`${recount.api}/api/overview`)).status).toBe(401)
  expect((await fetch(`${recount.api}/api/overview`, { headers: { 'x-api-key': key } })).status).toBe(200)
  const logIn = (body: unknown): Promise<Response> =>
    fetch(`${recount.api}/api/login`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  expect((await logIn({ key: 'rk_wrong' })).status).toBe(401)
  expect((await logIn({})).status).toBe(400)
  expect((await logIn({ key: 'x'.repeat(5 * 1024 ** 2) })).status).toBe(413)
  const cookie = (await logIn({ key })).headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^recount_session=[\w-]+;.*HttpOnly/)
  expect(cookie).toContain('SameSite=Strict')
  expect((await fetch(`${recount.api}/api/overview`, { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(200)
  expect((await fetch(`${recount.api}/api/overview`, { headers: { cookie: 'recount_session=guessed' } })).status).toBe(
    401,
  )
  const send = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${recount.otlpHttp}/v1/traces`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...headers },
    })
  expect((await send({})).status).toBe(401)
  expect((await send({ authorization: 'Bearer rk_wrong' })).status).toBe(401)
  expect((await send({ authorization: `Bearer ${key}` })).status).toBe(200)
})

test('a key for ingest reads nothing, and a key for reading sends nothing', async () => {
  const dataDir = tempDir()
  const make = async (scope: string): Promise<string> =>
    (await run(['key', 'create', scope, '--scope', scope, '--data', dataDir])).output.split('\n')[0]!
  const [ingest, read] = [await make('ingest'), await make('read')]
  const recount = await startRecountProcess({ dataDir })
  onTestFinished(() => recount.kill())
  const statusOf = async (url: string, key: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(url, { ...init, headers: { ...init.headers, 'x-api-key': key } })).status
  const body = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
  expect(await statusOf(`${recount.api}/api/overview`, ingest)).toBe(401)
  expect(await statusOf(`${recount.api}/api/overview`, read)).toBe(200)
  expect(await statusOf(`${recount.otlpHttp}/v1/traces`, ingest, body)).toBe(200)
  expect(await statusOf(`${recount.otlpHttp}/v1/traces`, read, body)).toBe(401)
})

test('an unreachable ClickHouse is said with what to check', async () => {
  const port = await freePort()
  const started = await run([
    'serve',
    '--data',
    tempDir(),
    '--port',
    '0',
    '--otlp-http',
    '0',
    '--clickhouse',
    `http://127.0.0.1:${port}`,
  ])
  expect(started.code).toBe(2)
  expect(started.output).toContain('(clickhouse_unreachable)')
})

test('a flag that is none exits with 2 and names the help', async () => {
  const wrong = await run(['serve', '--prot', '1'])
  expect(wrong.code).toBe(2)
  expect(wrong.output).toContain('--port')
})
