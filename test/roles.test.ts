import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { postTraces, runSpans, traceRequest } from './support/agent-run.ts'
import { spawnClickHouseServer } from './support/clickhouse-server/spawn.ts'
import { killCollectors, untilSpoolEmpty } from './support/collector-rounds.ts'
import { freePort, startRoleProcess } from './support/recount-process.ts'
import { seededRandom } from './support/seeded-random.ts'
import { tempDir } from './support/temp-dir.ts'

const BIN = fileURLToPath(new URL('../bin/recount.cjs', import.meta.url))

test('collector and server apart: telemetry goes to the one, questions to the other, and each has only its own doors', async () => {
  const engine = await spawnClickHouseServer({ dataDir: tempDir('engine') })
  onTestFinished(() => engine.stop())
  const dataDir = tempDir('data')
  const [health, otlp, api] = [await freePort(), await freePort(), await freePort()]
  const [healthUrl, otlpUrl, apiUrl] = [health, otlp, api].map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
    string,
  ]
  const common = ['--clickhouse', engine.url, '--data', dataDir]
  const collector = await startRoleProcess(
    ['collector', ...common, '--port', `${health}`, '--otlp-http', `${otlp}`],
    healthUrl,
  )
  onTestFinished(() => collector.kill())
  // On the same data directory: a server reads the keys there and nothing else.
  const server = await startRoleProcess(['server', ...common, '--port', `${api}`, '--collector', healthUrl], apiUrl)
  onTestFinished(() => server.kill())

  const spans = runSpans({ number: 7, endMs: Date.now(), session: 'apart' })
  expect((await postTraces(otlpUrl, traceRequest(spans))).status).toBe(200)
  await untilSpoolEmpty(healthUrl)
  const json = async (url: string): Promise<Record<string, unknown>> => (await (await fetch(url)).json()) as never
  expect(await json(`${apiUrl}/api/overview`)).toMatchObject({ spans: spans.length, runs: 1 })
  expect(await json(`${apiUrl}/api/status`)).toMatchObject({ state: 'ok', otlpHttpUrl: otlpUrl, engine: 'clickhouse' })

  expect((await fetch(`${healthUrl}/healthz`)).status).toBe(200)
  expect(await (await fetch(`${healthUrl}/metrics`)).text()).toMatch(
    /^recount_loaded_rows_total\{table="spans"\} \d+$/m,
  )
  expect((await fetch(`${healthUrl}/api/overview`)).status).toBe(404)
  expect((await fetch(`${healthUrl}/healthz`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${healthUrl}/status`, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  expect((await fetch(`${apiUrl}/v1/traces`, { method: 'POST' })).status).toBe(405)

  // A collector that is away leaves the server ready: what it answers is as good as before.
  expect(await collector.stop()).toBe(0)
  await expect.poll(async () => (await json(`${apiUrl}/api/status`)).state, { timeout: 10_000 }).toBe('behind')
  expect((await fetch(`${apiUrl}/readyz`)).status).toBe(200)
  expect(await server.stop()).toBe(0)
}, 120_000)

test('a role without a ClickHouse server is refused with what to do', () => {
  for (const role of ['collector', 'server']) {
    const { status, stderr } = spawnSync(process.execPath, [BIN, role, '--data', tempDir()], { encoding: 'utf8' })
    expect(status, role).toBe(2)
    expect(stderr).toContain('(needs_clickhouse)')
    expect(stderr).toContain('--clickhouse http://')
  }
})

test('two collectors that tally the same runs, killed in turn under load: nothing is lost, nothing counted twice', async () => {
  const report = await killCollectors(4, seededRandom(20261121))
  console.log(`two collectors, ${report.kills} kills: ${JSON.stringify(report)}`)
  expect(report.acknowledgedSpans).toBeGreaterThan(100)
  expect(report.lost).toBe(0)
  expect(report.storedSpans).toBeGreaterThanOrEqual(report.acknowledgedSpans)
}, 240_000)
