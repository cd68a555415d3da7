import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CAPTURES, hasCaptures } from './support/captures.ts'
import {
  comparedCosts,
  comparedPage,
  DIFFERENCE_MAX,
  differenceOf,
  explanationOf,
  hasTrajectories,
  TRAJECTORIES,
} from './support/compared-costs.ts'

const isThere = hasCaptures && hasTrajectories
if (!isThere)
  console.warn(`SKIPPED: no recordings at ${CAPTURES} and ${TRAJECTORIES}; computed costs were not held against them`)

const PAGE = join(import.meta.dirname, '../docs/costs-compared.md')

describe.skipIf(!isThere)('what emitters say that calls cost', () => {
  it('is what the price book says, or the difference is explained call by call', () => {
    const rows = comparedCosts()
    expect(rows.length).toBeGreaterThan(10)
    const page = comparedPage(rows)
    if (process.env.RECOUNT_WRITE_DOCS) writeFileSync(PAGE, page)
    const unexplained = rows
      .filter((row) => Math.abs(differenceOf(row).share - 1) > DIFFERENCE_MAX && explanationOf(row) === undefined)
      .map(({ source, model }) => `${source} ${model}`)
    expect(unexplained).toEqual([])
    expect(readFileSync(PAGE, 'utf8')).toBe(page)
  }, 300_000)
})
