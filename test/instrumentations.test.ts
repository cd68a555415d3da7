import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CAPTURES, hasCaptures } from './support/captures.ts'
import { instrumentationsPage } from './support/instrumentations.ts'

if (!hasCaptures)
  console.warn(`SKIPPED: no recordings at ${CAPTURES}; docs/instrumentations.md was not held against them`)

const PAGE = join(import.meta.dirname, '../docs/instrumentations.md')

describe.skipIf(!hasCaptures)('docs/instrumentations.md', () => {
  it('says what the rules read of the recordings now', () => {
    const page = instrumentationsPage()
    if (process.env.RECOUNT_WRITE_DOCS) writeFileSync(PAGE, page)
    expect(readFileSync(PAGE, 'utf8')).toBe(page)
  }, 120_000)
})
