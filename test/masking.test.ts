import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfig } from '../cli/config/config-file.ts'
import { SERVE_DEFAULTS } from '../cli/serve/config.ts'
import { type Recount, startRecount } from '../cli/serve/start.ts'
import { encodeJson } from '../schema/otlp/encode-json.ts'
import { encodeLogs, encodeTraces } from '../schema/otlp/encode-protobuf.ts'
import type { WireLogRecord, WireSpan } from '../schema/otlp/wire.ts'
import { attributes } from './support/planted.ts'

/** Masking through the whole program: on disk, in every table, in the API, in the figures. */
const dataDir = mkdtempSync(join(tmpdir(), 'recount-masking-'))
const CONFIG = `
masking:
  findings: { pii.email: hash, pii.phone: off }
  custom:
    - { name: employee_id, pattern: 'EMP-[0-9]{6}', when: EMP- }
`
const SECRETS = [
  'alice.secret@example.com',
  '4111111111111111',
  '4111 1111 1111 1111',
  '078-05-1120',
  'sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34',
  'EMP-123456',
]
let recount: Recount

const start = (): Promise<Recount> =>
  startRecount({
    ...SERVE_DEFAULTS,
    dataDir,
    port: 0,
    otlpHttpPort: 0,
    minFreeDiskBytes: 0,
    masking: parseConfig(CONFIG, 'recount.yaml').masking,
    log: () => undefined,
  })

beforeAll(async () => {
  recount = await start()
})
afterAll(async () => {
  await recount.close(0)
  rmSync(dataDir, { recursive: true, force: true })
})

const NOW_NANOS = BigInt(Date.now()) * 1_000_000n
const LARGE = 'Large bodies are kept elsewhere. '.repeat(200)

const span = (trace: string, number: number, given: Partial<WireSpan>): WireSpan => ({
  traceId: trace.repeat(32),
  spanId: `${trace}${String(number).padStart(15, '0')}`,
  parentSpanId: number === 0 ? '' : `${trace}${'0'.repeat(15)}`,
  traceState: '',
  flags: 1,
  name: 'step',
  kind: 1,
  startTimeUnixNano: NOW_NANOS - 10_000_000_000n + BigInt(number) * 1_000_000_000n,
  endTimeUnixNano: NOW_NANOS - 9_500_000_000n + BigInt(number) * 1_000_000_000n,
  attributes: [],
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
  status: { code: 0, message: '' },
  ...given,
})

const message = (text: string): string => JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }])

/** An agent with two model calls and a tool; the second call and the tool are clean. */
const spansOf = (trace: string): WireSpan[] => [
  span(trace, 0, {
    name: `invoke_agent for ${SECRETS[0]}`,
    attributes: attributes({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'desk',
      'user.id': SECRETS[0]!,
    }),
  }),
  span(trace, 1, {
    name: 'chat gpt-4.1',
    kind: 3,
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4.1',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.id': `chatcmpl-${trace}`,
      'gen_ai.input.messages': message(`My card is ${SECRETS[2]}.\nWrite to ${SECRETS[0]}. ${LARGE}`),
      'gen_ai.output.messages': message(`Thanks, ${SECRETS[5]}`),
      'a.number': 4111111111111111,
      [`of ${SECRETS[0]}`]: true,
    }),
    events: [{ timeUnixNano: NOW_NANOS - 8_000_000_000n, name: 'note', attributes: attributes({ key: SECRETS[4]! }) }],
    status: { code: 2, message: `no customer ${SECRETS[3]}` },
  }),
  span(trace, 2, {
    name: 'chat gpt-4.1',
    kind: 3,
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4.1',
      'gen_ai.response.id': `chatcmpl-2-${trace}`,
      'gen_ai.input.messages': message('Nothing to hide.'),
    }),
  }),
  span(trace, 3, {
    name: 'execute_tool lookup',
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookup',
      'gen_ai.tool.call.arguments': '{"order_id":"A-1001"}',
    }),
  }),
]

const log: WireLogRecord = {
  timeUnixNano: NOW_NANOS - 7_000_000_000n,
  observedTimeUnixNano: NOW_NANOS - 7_000_000_000n,
  severityNumber: 9,
  severityText: 'INFO',
  body: `sent to ${SECRETS[0]} with ${SECRETS[4]}`,
  attributes: attributes({ ssn: SECRETS[3]! }),
  flags: 0,
  traceId: 'a'.repeat(32),
  spanId: '',
  eventName: '',
}

const post = async (signal: 'traces' | 'logs', body: Uint8Array | string): Promise<void> => {
  const answer = await fetch(`${recount.urls.otlpHttp}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': typeof body === 'string' ? 'application/json' : 'application/x-protobuf' },
    body: body as BodyInit,
  })
  expect(answer.status).toBe(200)
}

const scoped = { resource: { attributes: attributes({ 'service.name': 'desk', owner: SECRETS[0]! }) } }
const scope = { name: 'test', version: '1', attributes: [] }

test('what was sent is on no page of the disk and in no answer; the figures say how often it leaked', async () => {
  const spans = { ...scoped, scopeSpans: [{ scope, spans: spansOf('a') }] }
  await post('traces', encodeTraces([spans]))
  await post('traces', encodeJson({ resourceSpans: [{ ...scoped, scopeSpans: [{ scope, spans: spansOf('b') }] }] }))
  await post('logs', encodeLogs([{ ...scoped, scopeLogs: [{ scope, logRecords: [log] }] }]))
  await recount.settled()

  const tables = await recount.database.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine NOT LIKE '%View'",
  )
  for (const { name } of tables) {
    const rows = JSON.stringify(await recount.database.query(`SELECT * FROM ${name} LIMIT 10000`))
    for (const secret of SECRETS) expect(rows.includes(secret), `${secret} in table ${name}`).toBe(false)
  }
  for (const secret of SECRETS) expect(filesWith(dataDir, secret)).toEqual([])

  const get = async <T>(path: string): Promise<T> => (await (await fetch(recount.urls.api + path)).json()) as T
  const overview = await get<{ guardrails: unknown; users: number; modelCalls: number }>('/api/overview')
  // Two runs: three calls each, looked at for nine kinds of findings and one of the user's; on the first call of each four of
  // them (card, e-mail, key, SSN, employee) and on the agent's span one (e-mail).
  expect(overview.guardrails).toEqual({ evaluations: 2 * (3 * 10 + 1), hits: 2 * (5 + 1) })
  // Hashes stay joinable: it is one user in both runs.
  expect(overview.users).toBe(1)
  expect(overview.modelCalls).toBe(4)

  const sessions = await get<{ items: { id: string; guardrailHits: number }[] }>('/api/sessions?guardrail=pii.email')
  expect(sessions.items).toHaveLength(2)
  expect((await get<{ items: unknown[] }>('/api/sessions?guardrail=pii.iban')).items).toHaveLength(0)
  const replay = await get<{
    steps: { kind: string; name: string; spanId: string; totals: { guardrailHits: number } }[]
  }>(`/api/traces/${'a'.repeat(32)}/replay`)
  expect(
    replay.steps
      .filter(({ kind }) => kind === 'guardrail')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['custom.employee_id', 'pii.card', 'pii.email', 'pii.email', 'pii.ssn', 'secret.api_key'])
  expect(replay.steps.at(-1)?.totals.guardrailHits).toBe(6)

  const shown = await get<{ inputMessages: unknown; statusMessage: string; attributes: unknown }>(
    `/api/traces/${'a'.repeat(32)}/spans/a${'1'.padStart(15, '0')}`,
  )
  expect(shown.statusMessage).toBe('no customer [ssn]')
  expect(JSON.stringify(shown.inputMessages)).toMatch(
    /My card is \[card\]\.\\nWrite to \[email:[0-9a-f]{16}\]\. Large bodies/,
  )

  const metrics = await (await fetch(`${recount.urls.api}/metrics`)).text()
  expect(metrics).toMatch(/recount_masked_total\{finding="pii.card"\} [1-9]/)
})

test('the secret of the hashes is kept over a restart, readable by its owner alone', async () => {
  const file = join(dataDir, 'masking.secret')
  const before = readFileSync(file, 'utf8')
  expect(statSync(file).mode & 0o077).toBe(0)
  await recount.close(2_000)
  recount = await start()
  expect(readFileSync(file, 'utf8')).toBe(before)
})

const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => {
      try {
        return readFileSync(file).includes(text)
      } catch {
        // A part that was merged away in the meantime.
        return false
      }
    })
