import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PriceSettings } from '../../schema/api/prices.ts'
import type { Call } from '../../schema/model/run.ts'
import { bucketBit, emptyUsage } from '../../schema/model/usage.ts'
import { priceBookOf } from '../../schema/prices/project-price-book.ts'
import { aCall, aRun, openTestStore, type TestStore } from '../../test/support/rows.ts'
import { loadSegment } from '../load/load-segment.ts'
import { SPOOL_LIMITS, Spool } from '../spool/spool.ts'
import { oneAtATime } from '../tally/ledger-turns.ts'
import { localTurns } from '../tally/local-turns.ts'
import { reprice } from './reprice.ts'

const START = Date.parse('2026-11-10T10:00:00Z')
const nanos = (ms: number): bigint => BigInt(ms) * 1_000_000n
const id = (n: number): string => n.toString(16).padStart(32, '0')
const usage = { ...emptyUsage(), inputUncached: 1000, outputText: 100 }
const reported = bucketBit('inputUncached') | bucketBit('outputText')

let store: TestStore
let spool: Spool
const dir = mkdtempSync(join(tmpdir(), 'recount-reprice-'))

type SomeCall = Pick<Call, 'kind'> & Partial<Call>

/** Everything of a run that prices depend on; `minutes` after START. */
const runOf = (n: number, minutes: number, calls: SomeCall[], projectId = 1) => {
  const at = nanos(START + minutes * 60_000)
  const made = calls.map((call, i) =>
    aCall({
      ...call,
      traceId: id(n),
      spanId: `${n.toString(16).padStart(8, '0')}${i.toString(16).padStart(8, '0')}`,
      startNanos: at + BigInt(i),
    }),
  )
  return aRun({
    projectId,
    runId: id(n),
    traceIds: [id(n)],
    startNanos: at,
    endNanos: at + 1_000_000_000n,
    calls: made,
    costNanoUsd: made.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
    unpricedCalls: made.filter(({ costStatus }) => costStatus === 'unpriced').length,
    costStatus: made.some(({ costStatus }) => costStatus === 'unpriced') ? 'none' : 'complete',
    firstInput: `question ${n}`,
  })
}
const llm = (more: object = {}) => ({
  kind: 'llm' as const,
  provider: 'openai',
  model: 'gpt-4.1',
  usage,
  usageReported: reported,
  // 1,000 × 2 + 100 × 8 = 2,800 millionths
  costNanoUsd: 2_800_000n,
  costComputedNanoUsd: 2_800_000n,
  costStatus: 'computed' as const,
  priceRef: 'genai-prices@0.1.7/openai/gpt-4.1',
  ...more,
})
const UNPRICED = { costNanoUsd: 0n, costComputedNanoUsd: 0n, costStatus: 'unpriced' as const, priceRef: '' }

beforeAll(async () => {
  store = await openTestStore()
  spool = await Spool.open(dir, { segmentClosed: () => undefined, corrupt: () => undefined }, SPOOL_LIMITS)
  await store.runs(
    [
      runOf(1, 0, [llm(), llm({ model: 'own', ...UNPRICED })]),
      runOf(2, 60, [llm({ costNanoUsd: 9_000_000n, costReportedNanoUsd: 9_000_000n, costStatus: 'reported' })]),
      runOf(3, 120, [
        { kind: 'tool', tool: 'web_search', usage: emptyUsage(), costNanoUsd: 0n, costStatus: 'free' },
        { kind: 'review', tool: '', usage: emptyUsage(), durationNanos: 120_000_000_000n, ...UNPRICED },
        {
          kind: 'charge.platform',
          usage: emptyUsage(),
          durationNanos: 0n,
          costNanoUsd: 7n,
          costReportedNanoUsd: 7n,
          costStatus: 'reported',
        },
      ]),
      // Outside of the period that is priced anew, and another project's.
      runOf(4, 100_000, [llm({ model: 'own', ...UNPRICED })]),
      runOf(5, 0, [llm({ model: 'own', ...UNPRICED })], 2),
    ],
    START + 86_400_000 * 5,
  )
})
afterAll(async () => {
  await spool.close()
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

const turns = () =>
  oneAtATime(
    localTurns(spool, async (of) => {
      for (const segment of of.segments) {
        await loadSegment(store.database, segment, await of.read(segment))
        await of.remove(segment)
      }
    }),
  )
const bookOf = (settings: object) => priceBookOf(PriceSettings.parse(settings))
const OWN = { provider: 'openai', model: 'own', perMillionTokens: { inputUncached: '1', outputText: '10' } }
const SETTINGS = { overrides: [OWN], toolFees: [{ tool: 'web_*', usdPerCall: '0.01' }], reviewUsdPerMinute: '2' }
const period = (more: object = {}) => ({
  projectId: 1,
  fromNanos: nanos(START),
  toNanos: nanos(START + 86_400_000),
  dryRun: false,
  asOfBeforeMs: Date.now(),
  ...more,
})
const totals = async (projectId = 1, asOfMs = Date.parse('2200-01-01')) =>
  (
    await store.database.query<{ usd: string; unpriced: string; runs: string; rows: string }>(
      `SELECT toString(sum(sign * toDecimal128(cost, 9))) AS usd, toString(sum(sign * toInt64(unpriced_calls))) AS unpriced,
    toString(sum(sign)) AS runs, toString(count()) AS rows
FROM run_ledger WHERE project_id = ${projectId} AND tallied_at <= fromUnixTimestamp64Milli(${asOfMs}, 'UTC')`,
    )
  )[0]!

describe('re-pricing', () => {
  const BEFORE = { usd: '0.011800007', unpriced: '3', runs: '4', rows: '4' }

  it('at the prices that the ledger was counted with changes nothing, whatever version of the book it was', async () => {
    expect(await totals()).toEqual(BEFORE)
    const done = await reprice({ database: store.database, turns: turns(), book: bookOf({}) }, period())
    expect(done).toMatchObject({ runsRead: 3, runsChanged: 0, callsChanged: 0 })
    expect([done.beforeNanoUsd, done.afterNanoUsd]).toEqual([11_800_007n, 11_800_007n])
    expect(await totals()).toEqual(BEFORE)
  })

  it('tried says what it would change, and changes nothing', async () => {
    const deps = { database: store.database, turns: turns(), book: bookOf(SETTINGS) }
    expect(await reprice(deps, period({ dryRun: true }))).toMatchObject({
      runsRead: 3,
      runsChanged: 2,
      callsChanged: 3,
    })
    expect(await totals()).toEqual(BEFORE)
  })

  it('prices what had no price, fees and minutes; reported costs and amounts stay; as_of says what was said before', async () => {
    const asOfBeforeMs = Date.now()
    const deps = { database: store.database, turns: turns(), book: bookOf(SETTINGS) }
    const said: number[] = []
    const done = await reprice(deps, period({ asOfBeforeMs }), ({ runsChanged }) => said.push(runsChanged))
    expect(done).toMatchObject({ runsRead: 3, runsChanged: 2, callsChanged: 3 })
    // own: 1,000 × 1 + 100 × 10 = 2,000 millionths · web_search 0.01 · two minutes at 2 = 4
    expect(done.afterNanoUsd - done.beforeNanoUsd).toBe(2_000_000n + 10_000_000n + 4_000_000_000n)
    expect(await totals()).toEqual({ usd: '4.023800007', unpriced: '1', runs: '4', rows: '8' })
    expect(await totals(1, asOfBeforeMs)).toEqual(BEFORE)
    expect(await totals(2)).toMatchObject({ unpriced: '1', rows: '1' })
    expect(said.at(-1)).toBe(2)
    const [row] = await store.database.query<{ refs: string[]; status: number; input: string }>(
      `SELECT calls.price_ref AS refs, cost_status AS status, first_input AS input FROM run_ledger
WHERE run_id = unhex('${id(1)}') ORDER BY version DESC, sign DESC LIMIT 1`,
    )
    // What did not change keeps the entry that it was priced by.
    expect(row).toEqual({
      refs: ['genai-prices@0.1.7/openai/gpt-4.1', expect.stringMatching(/^override:.+\/openai\/own$/)],
      status: 0,
      input: 'question 1',
    })
    // The views follow the signs.
    const [run] = await store.database.query<{ usd: string }>(
      `SELECT toString(cost) AS usd FROM runs FINAL WHERE project_id = 1 AND run_id = unhex('${id(3)}')`,
    )
    expect(run?.usd).toBe('4.010000007')
  })

  it('done again changes nothing', async () => {
    const deps = { database: store.database, turns: turns(), book: bookOf(SETTINGS) }
    const rows = (await totals()).rows
    expect(await reprice(deps, period())).toMatchObject({ runsChanged: 0, callsChanged: 0 })
    expect((await totals()).rows).toBe(rows)
  })

  it('takes the price of the book where the project chose that it wins, and the reported one again where it did not', async () => {
    const computed = { database: store.database, turns: turns(), book: bookOf({ ...SETTINGS, wins: 'computed' }) }
    expect(await reprice(computed, period())).toMatchObject({ runsChanged: 1, callsChanged: 1 })
    expect((await totals()).usd).toBe('4.017600007')
    const back = { database: store.database, turns: turns(), book: bookOf(SETTINGS) }
    expect(await reprice(back, period())).toMatchObject({ runsChanged: 1, callsChanged: 1 })
    expect((await totals()).usd).toBe('4.023800007')
  })
})
