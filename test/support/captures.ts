import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type NormaliseContext, normalise } from '../../collector/normalise/normalise.ts'
import { groupRuns } from '../../collector/tally/group-runs.ts'
import { tallyRun } from '../../collector/tally/tally-run.ts'
import type { TallySpan } from '../../collector/tally/tally-span.ts'
import { wholeBodies } from '../../schema/model/content-parts.ts'
import type { RunTally } from '../../schema/model/run.ts'
import type { Content, Score, Span } from '../../schema/model/span.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { decodeProtobuf } from '../../schema/otlp/decode-protobuf.ts'
import type { Decoded } from '../../schema/otlp/wire.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'

/** Recordings of real frameworks, kept beside the repository and not part of it. */
export const CAPTURES = resolve(import.meta.dirname, '../../../shared/captures')
export const hasCaptures = existsSync(CAPTURES)

export interface Scenario {
  readonly capture: string
  readonly name: string
  readonly directory: string
}

export const capturesOf = (dialects: (dialect: string) => boolean): readonly string[] =>
  readFileSync(join(CAPTURES, 'TABLE.md'), 'utf8')
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .filter(([, capture, dialect]) => capture !== undefined && dialect !== undefined && dialects(dialect))
    .map(([, capture]) => capture ?? '')

export const scenariosOf = (capture: string): readonly Scenario[] =>
  readdirSync(join(CAPTURES, capture), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ capture, name, directory: join(CAPTURES, capture, name) }))

/** Traces and logs of a scenario, decoded, in the order they arrived. */
export const decodedBodies = (directory: string): readonly Decoded[] =>
  readdirSync(directory)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((file) => {
      const match = /^\d+-(traces|logs)\.(pb|json)\.gz$/.exec(file)
      if (!match) return []
      const bytes = gunzipSync(readFileSync(join(directory, file)))
      const signal = match[1] === 'logs' ? 'logs' : 'traces'
      return [match[2] === 'pb' ? decodeProtobuf(signal, bytes) : decodeJson(signal, bytes)]
    })

export interface Rows {
  readonly spans: Span[]
  readonly scores: Score[]
  readonly contents: Content[]
}

export const rowsOf = (bodies: readonly Decoded[], context?: Partial<NormaliseContext>): Rows => {
  const rows: Rows = { spans: [], scores: [], contents: [] }
  for (const body of bodies) {
    const made = normalise(body, { projectId: 1, receivedAtMs: Date.parse('2027-01-01'), retentionDays: 0, ...context })
    rows.spans.push(...made.spans)
    rows.scores.push(...made.scores)
    rows.contents.push(...made.contents)
  }
  return rows
}

/** Every run of these rows, tallied as if all had arrived. */
export const tally = (rows: Rows, prices: PriceBook): readonly RunTally[] => {
  const spans: readonly TallySpan[] = rows.spans.map((span, receivedOrder) => ({ ...span, receivedOrder }))
  const toolDefinitions = wholeBodies(rows.contents)
  return groupRuns(1, spans).map((run) => {
    const traces = new Set(run.spans.map(({ traceId }) => traceId))
    const scores = rows.scores.filter(({ traceId }) => traces.has(traceId))
    return tallyRun(
      { projectId: 1, runId: run.runId, spans: run.spans, scores, charges: [], rules: [], toolDefinitions },
      prices,
    )
  })
}
