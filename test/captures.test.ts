import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunTally } from '../schema/model/run.ts'
import {
  addUsage,
  emptyUsage,
  inputTotal,
  outputTotal,
  type UsageBucket,
  type UsageBuckets,
} from '../schema/model/usage.ts'
import { genaiPriceBook } from '../schema/prices/project-price-book.ts'
import {
  CAPTURES,
  capturesOf,
  decodedBodies,
  hasCaptures,
  rowsOf,
  type Scenario,
  scenariosOf,
  tally,
} from './support/captures.ts'

// Every recording, against what a perfect reader of its telemetry would say (expected.json beside it).

if (!hasCaptures)
  console.warn(`SKIPPED: no recordings at ${CAPTURES}; the dialects were not checked against real frameworks`)

describe.skipIf(!hasCaptures)('recordings of real frameworks', () => {
  const captures = hasCaptures ? capturesOf(() => true) : []

  it('are read as their expectations say', () => {
    const { table, differences, scenarios } = compareAll(captures)
    console.log(`\ncaptures × differences\n${table}\n${scenarios} scenarios, ${differences.length} differences`)
    expect(differences).toEqual([])
  })

  it('give the same tallies backwards and sent twice', () => {
    for (const scenario of captures.flatMap(scenariosOf)) {
      const rows = rowsOf(decodedBodies(scenario.directory))
      const disordered = { ...rows, spans: [...rows.spans, ...rows.spans].toReversed() }
      expect(byId(tally(disordered, PRICES)), scenario.directory).toEqual(byId(tally(rows, PRICES)))
    }
  })
})

const byId = (runs: readonly RunTally[]): ReadonlyMap<string, RunTally> => new Map(runs.map((run) => [run.runId, run]))

interface Expectations {
  readonly modelCalls: number | null
  readonly failedModelCalls: number | null
  readonly embeddingCalls: number | null
  readonly toolCalls: number | null
  readonly sessions: readonly string[] | null
  readonly users: readonly string[] | null
  readonly errors: number | null
  readonly usage: Readonly<Partial<UsageBuckets>> | null
  readonly notSeparable: readonly string[]
  readonly usageOnlyInText: readonly string[]
}

const compareAll = (captures: readonly string[]) => {
  const differences: string[] = []
  let all = 0
  const rows = captures.map((capture) => {
    const scenarios = scenariosOf(capture)
    all += scenarios.length
    const found = scenarios.flatMap((scenario) =>
      compare(scenario).map((difference) => `${capture}/${scenario.name}: ${difference}`),
    )
    differences.push(...found)
    return `${String(found.length).padStart(4)}  ${capture} (${scenarios.length} scenarios)`
  })
  return { table: [...rows, ...differences].join('\n'), differences, scenarios: all }
}

const PRICES = genaiPriceBook()

const compare = (scenario: Scenario): readonly string[] => {
  const file: { expectations: Expectations } = JSON.parse(
    readFileSync(join(scenario.directory, 'expected.json'), 'utf8'),
  )
  const runs = tally(rowsOf(decodedBodies(scenario.directory)), PRICES)
  const sum = (field: 'modelCalls' | 'failedModelCalls' | 'embeddingCalls' | 'toolCalls' | 'errorCount'): number =>
    runs.reduce((total, run) => total + run[field], 0)
  const expected = file.expectations
  return [
    ...differs('modelCalls', expected.modelCalls, sum('modelCalls')),
    ...differs('failedModelCalls', expected.failedModelCalls, sum('failedModelCalls')),
    ...differs('embeddingCalls', expected.embeddingCalls, sum('embeddingCalls')),
    ...differs('toolCalls', expected.toolCalls, sum('toolCalls')),
    ...differs('errors', expected.errors, sum('errorCount')),
    ...differs('sessions', listed(expected.sessions), listed(idsOf(runs, 'sessionIds'))),
    ...differs('users', listed(expected.users), listed(idsOf(runs, 'userIds'))),
    ...usageDiffers(expected, runs),
  ]
}

const idsOf = (runs: readonly RunTally[], field: 'sessionIds' | 'userIds'): readonly string[] => [
  ...new Set(runs.flatMap((run) => run[field])),
]

const listed = (ids: readonly string[] | null): string | null => (ids === null ? null : [...ids].sort().join(', '))

const differs = (name: string, expected: number | string | null, found: number | string | null): readonly string[] =>
  expected === null || expected === found
    ? []
    : [`${name}: expected ${expected || '(none)'}, found ${found || '(none)'}`]

/** Buckets that stand only in free text may or may not be read; what has an attribute of its own must be right, totals too. */
const usageDiffers = (expected: Expectations, runs: readonly RunTally[]): readonly string[] => {
  if (expected.usage === null) return []
  const found = emptyUsage()
  for (const run of runs) addUsage(found, run.usage)
  const wanted: UsageBuckets = { ...emptyUsage(), ...expected.usage }
  const loose = new Set(expected.usageOnlyInText)
  const parents: readonly UsageBucket[] = [
    ...(loose.has('cacheRead') || loose.has('cacheWrite5m') || loose.has('input') ? (['inputUncached'] as const) : []),
    ...(loose.has('reasoning') || loose.has('output') ? (['outputText'] as const) : []),
  ]
  const skipped = new Set<string>([...loose, ...parents])
  return [
    ...(Object.keys(expected.usage) as UsageBucket[])
      .filter((bucket) => !skipped.has(bucket))
      .flatMap((bucket) => differs(bucket, wanted[bucket], found[bucket])),
    ...(loose.has('input') ? [] : differs('input total', inputTotal(wanted), inputTotal(found))),
    ...(loose.has('output') ? [] : differs('output total', outputTotal(wanted), outputTotal(found))),
  ]
}
