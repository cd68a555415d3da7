import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COLLECTOR_DEFAULTS, type Collector, startCollector } from '../collector/collector.ts'
import { SPOOL_LIMITS } from '../collector/spool/spool.ts'
import type { Posted } from '../schema/api/late-facts.ts'
import type { Database } from '../schema/clickhouse/database.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { migrate } from '../schema/clickhouse/migrate.ts'
import { MetricsRegistry } from '../schema/metrics/registry.ts'
import { writeSetting } from '../schema/settings/settings.ts'
import { adminOf, testApp } from './support/api.ts'
import {
  type Attributes,
  agentRun,
  evaluationBody,
  ledgerReader,
  pairs,
  type Sent,
  spansBody,
  traceOf,
} from './support/late-facts.ts'
import { expectConsistent } from './support/ledger-checks.ts'

// What is known of a run after it: each scenario is a project of its own in one store, posted over the API and sent as OTLP.

const dataDir = mkdtempSync(join(tmpdir(), 'recount-late-'))
const START = BigInt(Math.floor(Date.now() / 1000) - 3_600) * 1_000_000_000n
let database: Database
let collector: Collector
let lastProject = 0

const open = (): Promise<Collector> =>
  startCollector(
    { ...COLLECTOR_DEFAULTS, dataDir, spool: { ...SPOOL_LIMITS, segmentAgeMsMax: 20 } },
    { database, metrics: new MetricsRegistry(), log: () => undefined },
  )

beforeAll(async () => {
  database = await openEmbedded(dataDir)
  await migrate(database, { minFreeDiskBytes: 0 })
  collector = await open()
}, 60_000)
afterAll(async () => {
  await collector.close(0)
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const newProject = (): number => ++lastProject
const send = (projectId: number, spans: readonly Sent[], resource: Attributes = {}): Promise<void> =>
  accept(projectId, 'traces', spansBody(START, spans, resource))

const sendEvaluation = (projectId: number, attributes: Attributes): Promise<void> =>
  accept(projectId, 'logs', evaluationBody(START + 5_000_000_000n, attributes))

const accept = async (projectId: number, signal: 'traces' | 'logs', body: object): Promise<void> => {
  const answer = await collector.accept({
    projectId,
    signal,
    encoding: 'json',
    body: Buffer.from(JSON.stringify(body)),
    receivedAtMs: Date.now(),
  })
  expect(answer).toMatchObject({ kind: 'accepted', rejections: [] })
  await collector.settled()
}

const post = async (
  projectId: number,
  route: 'outcomes' | 'scores' | 'charges',
  body: unknown,
  status = 200,
): Promise<Posted> => {
  const app = testApp(
    { database },
    { principalOf: () => ({ ...adminOf(projectId), scope: 'ingest' }), keepLateFacts: collector.keepLateFacts },
  )
  const isText = typeof body === 'string'
  const answer = await app.request(`/api/${route}`, {
    method: 'POST',
    headers: { host: 'localhost:4320', 'content-type': isText ? 'text/csv' : 'application/json' },
    body: isText ? body : JSON.stringify(body),
  })
  expect(answer.status, await answer.clone().text()).toBe(status)
  await collector.settled()
  return (await answer.json()) as Posted
}

const { runsNow, costAsOf, versionsOf } = ledgerReader(() => database)

const aMoment = (): Promise<number> => new Promise((resolve) => setTimeout(() => resolve(Date.now()), 5))

describe('a late outcome', () => {
  test('changes its run once, however often it is posted, and what was said before can still be asked', async () => {
    const project = newProject()
    await send(project, agentRun('a'))
    const before = await aMoment()
    expect((await runsNow(project)).a).toMatchObject({ outcome: 'pending', cost: '1' })
    const outcome = {
      target: { traceId: traceOf('a') },
      label: 'success',
      source: 'human',
      evaluator: 'desk lead',
      decidedAt: new Date(Date.now() - 60_000).toISOString(),
    }
    expect(await post(project, 'outcomes', outcome)).toEqual({ accepted: 1, rejected: [] })
    expect((await runsNow(project)).a).toMatchObject({
      outcome: 'success',
      source: 'human',
      by: 'desk lead',
      cost: '1',
    })
    const versions = await versionsOf(project)
    await post(project, 'outcomes', outcome)
    expect(await versionsOf(project)).toBe(versions)
    const [then] = await database.query<{ outcome: string }>(
      'SELECT argMax(outcome, version) AS outcome FROM run_ledger WHERE project_id = {project:UInt32} AND toUnixTimestamp64Milli(tallied_at) <= {ms:Int64}',
      { project, ms: before },
    )
    expect(then).toEqual({ outcome: 'pending' })
  })

  test('goes by trust, then by how near it is to the run, then by time', async () => {
    const project = newProject()
    const run = { 'session.id': 'talk' }
    await send(project, [...agentRun('a', run), ...agentRun('b', run, 50)])
    const say = (target: object, label: string, source: string, ago: number) =>
      post(project, 'outcomes', { target, label, source, decidedAt: new Date(Date.now() - ago).toISOString() })
    await say({ sessionId: 'talk' }, 'success', 'code', 1_000)
    expect(await runsNow(project)).toMatchObject({ a: { outcome: 'success' }, b: { outcome: 'success' } })
    // Of the run itself and just as trusted, though older.
    await say({ traceId: traceOf('b') }, 'failure', 'code', 90_000)
    expect(await runsNow(project)).toMatchObject({ a: { outcome: 'success' }, b: { outcome: 'failure' } })
    await say({ sessionId: 'talk' }, 'escalated', 'system_of_record', 80_000)
    await say({ traceId: traceOf('b') }, 'infra_error', 'llm', 0)
    expect(await runsNow(project)).toMatchObject({ a: { outcome: 'escalated' }, b: { outcome: 'escalated' } })
    await expectConsistent(database)
  })

  test('of a key or a session waits for its run, also as an OTLP record, and stays in its own project', async () => {
    const project = newProject()
    const other = newProject()
    await sendEvaluation(project, {
      'recount.outcome.key': 'TICKET-7',
      'gen_ai.evaluation.score.label': 'success',
      'recount.evaluator.name': 'crm',
    })
    await sendEvaluation(project, { 'gen_ai.conversation.id': 'talk-9', 'gen_ai.evaluation.score.label': 'failure' })
    for (const id of [project, other])
      await send(id, [
        ...agentRun('a', { 'recount.outcome.key': 'TICKET-7' }),
        ...agentRun('b', { 'session.id': 'talk-9' }),
        ...agentRun('c'),
      ])
    expect(await runsNow(project)).toMatchObject({
      a: { outcome: 'success', source: 'system_of_record', by: 'crm' },
      b: { outcome: 'failure' },
      c: { outcome: 'pending' },
    })
    expect(await runsNow(other)).toMatchObject({ a: { outcome: 'pending' }, b: { outcome: 'pending' } })
    // And the other way round: the run is there, the key is named later.
    await post(other, 'outcomes', { target: { key: 'TICKET-7' }, label: 'escalated', source: 'human' })
    expect(await runsNow(other)).toMatchObject({ a: { outcome: 'escalated' }, b: { outcome: 'pending' } })
    expect(await runsNow(project)).toMatchObject({ a: { outcome: 'success' } })
  })

  test('in CSV: good lines are kept, bad ones are answered by their place', async () => {
    const project = newProject()
    await send(project, [...agentRun('a'), ...agentRun('b', { 'recount.outcome.key': 'ORDER "7", late' })])
    const csv = [
      'Trace_ID,key,label,source,evaluator',
      `${traceOf('a')},,success,human,"lead, desk"`,
      `${traceOf('a')},,splendid,human,x`,
      ',,success,human,x',
      '"too","few"',
      ',"ORDER ""7"", late",failure,system_of_record,erp',
    ].join('\r\n')
    const answer = await post(project, 'outcomes', csv)
    expect(answer.accepted).toBe(2)
    expect(answer.rejected.map(({ index, line }) => [index, line])).toEqual([
      [1, 3],
      [2, 4],
      [3, 5],
    ])
    expect(answer.rejected[1]!.reason).toMatch(/exactly one of/)
    expect(await runsNow(project)).toMatchObject({
      a: { outcome: 'success', by: 'lead, desk' },
      b: { outcome: 'failure', by: 'erp' },
    })
  })

  test('that is one and bad is refused as a whole; a process without a collector says where to go', async () => {
    const project = newProject()
    await post(project, 'outcomes', { target: {}, label: 'success', source: 'human' }, 400)
    await post(
      project,
      'outcomes',
      { target: { traceId: traceOf('a') }, label: 'success', source: 'human', decidedAt: '2999-01-01' },
      400,
    )
    const app = testApp({ database })
    const answer = await app.request('/api/outcomes', {
      method: 'POST',
      headers: { host: 'localhost:4320', 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(409)
  })

  test('by a rule of the project: the first that fits, over what a span says of itself, under what people say', async () => {
    const project = newProject()
    await writeSetting(database, {
      projectId: project,
      kind: 'outcomes',
      actor: 'test',
      action: 'outcomes.put',
      body: {
        rules: [
          { name: 'refund failed', outcome: 'failure', toolFailed: 'issue_refund' },
          { name: 'refund issued', outcome: 'success', agent: 'desk', toolSucceeded: ['issue_refund'] },
        ],
      },
    })
    const tool = (trace: string, failed: boolean): Sent => ({
      trace,
      span: 't',
      parent: 'r',
      atMs: 3,
      failed,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'issue_refund' },
    })
    await send(project, [
      ...agentRun('a', { 'recount.outcome': 'failure' }),
      tool('a', false),
      ...agentRun('b'),
      tool('b', true),
      ...agentRun('c', { 'recount.outcome': 'success' }),
    ])
    expect(await runsNow(project)).toMatchObject({
      a: { outcome: 'success', source: 'code', by: 'refund issued' },
      b: { outcome: 'failure', by: 'refund failed' },
      c: { outcome: 'success', source: 'span' },
    })
    await post(project, 'outcomes', { target: { traceId: traceOf('a') }, label: 'failure', source: 'human' })
    expect((await runsNow(project)).a).toMatchObject({ outcome: 'failure', source: 'human' })
  })
})

describe('a call that several tell of', () => {
  test('is counted once whenever the run was tallied, and each earlier moment answers what was said then', async () => {
    const project = newProject()
    const answer = {
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4.1',
      'gen_ai.response.id': 'resp-a',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cost': 1,
    }
    // A parent that repeats its child's usage is all there is at first.
    await send(project, [
      {
        trace: 'a',
        span: 'r',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', ...answer, 'gen_ai.usage.cost': 1.5 },
      },
    ])
    const first = await aMoment()
    await send(project, [
      { trace: 'a', span: 'c', parent: 'r', atMs: 1, attributes: { 'gen_ai.operation.name': 'chat', ...answer } },
    ])
    const second = await aMoment()
    // The same call as a record, then a second, late child.
    await accept(project, 'logs', {
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: String(START + 9_000_000n),
                  eventName: 'gen_ai.client.inference.operation.details',
                  traceId: traceOf('a'),
                  attributes: pairs({ 'gen_ai.operation.name': 'chat', ...answer }),
                },
              ],
            },
          ],
        },
      ],
    })
    const third = await aMoment()
    await send(project, [
      {
        trace: 'a',
        span: 'd',
        parent: 'r',
        atMs: 4,
        attributes: {
          'gen_ai.operation.name': 'chat',
          ...answer,
          'gen_ai.response.id': 'resp-b',
          'gen_ai.usage.cost': 0.25,
        },
      },
    ])
    expect(await Promise.all([first, second, third, Date.now()].map((ms) => costAsOf(project, ms)))).toEqual([
      '1.5',
      '1',
      '1',
      '1.25',
    ])
    await expectConsistent(database)
  })
})

describe('money that is posted later', () => {
  test('enters its run once, under its component, at its time, and the ledger remembers what it said before', async () => {
    const project = newProject()
    await send(project, agentRun('a'))
    const before = await aMoment()
    const at = new Date(Date.now() - 120_000).toISOString()
    const charges = [
      { id: 'fee-1', component: 'platform', amountUsd: '0.25', target: { traceId: traceOf('a') }, at },
      { id: 'fee-1', component: 'platform', amountUsd: '0.25', target: { traceId: traceOf('a') }, at },
      { id: 'fee-2', component: 'tools', amountUsd: '-0.05', target: { traceId: traceOf('a') } },
    ]
    expect(await post(project, 'charges', charges)).toEqual({ accepted: 3, rejected: [] })
    await post(project, 'charges', { ...charges[0], amountUsd: '99' })
    expect((await runsNow(project)).a).toMatchObject({ cost: '1.2', kinds: ['charge.tools', 'charge.platform'] })
    expect(await costAsOf(project, before)).toBe('1')
    expect(await costAsOf(project, Date.now())).toBe('1.2')
    const [when] = await database.query<{ at: string }>(
      "SELECT toString(toUnixTimestamp64Milli(call.start_time)) AS at FROM run_ledger ARRAY JOIN calls AS call WHERE project_id = {project:UInt32} AND call.kind = 'charge.platform' LIMIT 1",
      { project },
    )
    expect(Number(when!.at)).toBe(Date.parse(at))
    await expectConsistent(database)
  })

  test('waits for its run; of a session its last run bears it, whichever that turns out to be', async () => {
    const project = newProject()
    await post(project, 'charges', { id: 's', component: 'platform', amountUsd: '0.5', target: { sessionId: 'talk' } })
    await post(project, 'charges', { id: 'k', component: 'tools', amountUsd: '0.125', target: { key: 'ORDER-1' } })
    await send(project, agentRun('a', { 'session.id': 'talk', 'recount.outcome.key': 'ORDER-1' }))
    expect((await runsNow(project)).a).toMatchObject({ cost: '1.625' })
    await send(project, agentRun('b', { 'session.id': 'talk' }, 500))
    expect(await runsNow(project)).toMatchObject({ a: { cost: '1.125' }, b: { cost: '1.5' } })
    await send(project, agentRun('c', { 'session.id': 'talk' }, 100))
    expect(await runsNow(project)).toMatchObject({ a: { cost: '1.125' }, b: { cost: '1.5' }, c: { cost: '1' } })
    expect(await costAsOf(project, Date.now())).toBe('3.625')
  })

  test('as minutes of review without a rate has no price, and is not $0', async () => {
    const project = newProject()
    await send(project, agentRun('a'))
    await post(project, 'charges', { component: 'review', minutes: 4, target: { traceId: traceOf('a') } })
    const [run] = await database.query<{ status: number; unpriced: number; minutes: string }>(
      `SELECT cost_status AS status, unpriced_calls AS unpriced, toString(arrayMax(\`calls.duration_ns\`)) AS minutes
FROM run_ledger WHERE project_id = {project:UInt32} ORDER BY version DESC LIMIT 1`,
      { project },
    )
    expect(run).toEqual({ status: 1, unpriced: 1, minutes: '240000000000' })
  })

  test('survives an end between its acknowledgement and its tally', async () => {
    const project = newProject()
    await send(project, agentRun('a'))
    await collector.close(0)
    collector = await open()
    const kept = collector.keepLateFacts({
      scores: [],
      charges: [
        {
          projectId: project,
          chargeId: 'c'.repeat(32),
          id: 'x',
          traceId: traceOf('a'),
          sessionId: '',
          targetKey: '',
          component: 'platform',
          amountNanoUsd: 500_000_000n,
          nanoMinutes: 0n,
          timeNanos: 0n,
          note: '',
        },
      ],
    })
    expect(await kept).toBe('kept')
    // Nothing is waited for: whatever was not done yet is done by the next.
    await collector.close(0)
    collector = await open()
    await collector.settled()
    expect((await runsNow(project)).a).toMatchObject({ cost: '1.5' })
    await expectConsistent(database)
  })
})
