import type { RunTally } from '../../schema/model/run.ts'
import type { Score } from '../../schema/model/span.ts'
import type { PriceBook } from './price-book.ts'
import type { TallySpan } from './tally-span.ts'

export interface RunInput {
  readonly projectId: number
  readonly runId: string
  /** Every version of every span of every trace that was assigned to this run, in any order. */
  readonly spans: readonly TallySpan[]
  readonly scores: readonly Score[]
  /** Hash → JSON array of {name, description, parameters}, for the hashes that the spans' `toolDefinitionsRef` name. */
  readonly toolDefinitions: ReadonlyMap<string, string>
}

/** All that is counted of one run, from its spans and scores alone: the same telemetry gives the same tally in whatever order it came. */
export const tallyRun = (input: RunInput, _prices: PriceBook): RunTally => {
  throw new Error(`run ${input.runId}: not tallied yet`)
}
