import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DIALECTS } from '../../schema/dialects/dialects.ts'
import type { Span } from '../../schema/model/span.ts'
import { outputTotal } from '../../schema/model/usage.ts'
import { decodePasted } from '../explain/pasted.ts'
import { type Normalised, normalise } from './normalise.ts'

// dialect-fixtures/<dialect>.json: a few records in the words of one dialect, made by hand after its documentation (docs of the dialects are cited in
// schema/dialects), and what each must be read as. `is: null` is a log record that tells of no call.

interface Fixture {
  readonly name: string
  readonly record: Readonly<Record<string, unknown>>
  readonly is: Readonly<Record<string, unknown>> | null
}

const FOLDER = join(import.meta.dirname, 'dialect-fixtures')
const files = readdirSync(FOLDER).map((file) => file.replace('.json', ''))
const fixturesOf = (dialect: string): readonly Fixture[] =>
  JSON.parse(readFileSync(join(FOLDER, `${dialect}.json`), 'utf8')) as readonly Fixture[]

const ID = {
  traceId: 'c'.repeat(32),
  spanId: 'd'.repeat(16),
  startTimeUnixNano: '1795262400000000000',
  endTimeUnixNano: '1795262401000000000',
}

const read = (record: Fixture['record']): Normalised =>
  normalise(
    decodePasted('eventName' in record ? { timeUnixNano: ID.startTimeUnixNano, ...record } : { ...ID, ...record }),
    {
      projectId: 1,
      receivedAtMs: Date.parse('2027-01-01'),
      retentionDays: 0,
    },
  )

/** The span in the words of a fixture: only buckets that hold something, money and times as numbers. */
const shown = (span: Span) => ({
  ...span,
  usage: Object.fromEntries(Object.entries(span.usage).filter(([, count]) => count > 0)),
  outputTotal: outputTotal(span.usage),
  costUsd: Number(span.costReportedNanoUsd) / 1e9,
  ttftMs: Number(span.ttftNanos) / 1e6,
  durationMs: Number(span.durationNanos) / 1e6,
})

describe('every dialect', () => {
  it('has a fixture', () => {
    const ids = DIALECTS.map(({ id }) => id).filter((id) => id !== 'recount' && id !== 'bare')
    expect(files.toSorted()).toEqual(ids.toSorted())
  })

  describe.each(files)('%s', (dialect) => {
    it.each(fixturesOf(dialect).map(({ name, ...rest }) => [name, rest] as const))('%s', (_, { record, is }) => {
      const made = read(record)
      if (is === null) expect(made.spans).toEqual([])
      else {
        expect(made.spans).toHaveLength(1)
        const span = shown(made.spans[0]!)
        expect(span).toMatchObject(is)
        if ('usage' in is) expect(span.usage).toEqual(is.usage)
      }
    })

    it('loses no attribute, whether a rule knows it or not', () => {
      for (const { record } of fixturesOf(dialect)) {
        const given = { ...(record.attributes as Record<string, unknown>), 'nobody.knows.this': 'kept', 'nor.this': 7 }
        const made = read({ ...record, attributes: given })
        const [kept] = 'eventName' in record ? made.logs : made.spans
        expect([...(kept?.attrs.keys() ?? []), ...(kept?.nums.keys() ?? [])].toSorted()).toEqual(
          Object.keys(given).toSorted(),
        )
      }
    })
  })
})
