import type { z } from 'zod'
import { Charge as PostedCharge } from '../../schema/api/costs.ts'
import { type Posted, PostedOutcome, PostedScore } from '../../schema/api/late-facts.ts'
import type { Charge } from '../../schema/model/charge.ts'
import type { Score } from '../../schema/model/span.ts'
import { writeSetting } from '../../schema/settings/settings.ts'
import { chargeOfCells, outcomeOfCells, scoreOfCells } from '../late-facts/from-cells.ts'
import { readItems } from '../late-facts/read-items.ts'
import { chargeOf, Refused, type Sender, scoreOf, scoreOfOutcome } from '../late-facts/to-rows.ts'
import { badRequest, HttpProblem } from '../problem.ts'
import { readOutcomeSettings } from '../queries/outcome-settings.ts'
import type { Handlers, LateFacts, ServerDeps } from '../server-deps.ts'

interface Posting extends Sender {
  readonly deps: ServerDeps
  readonly file: Uint8Array
}

/** What is known of a run after it. Kept by the same road as telemetry: on disk when it is answered, in the figures soon after. */
export const lateFactRoutes = {
  outcomes: (ask) =>
    post(ask, PostedOutcome, outcomeOfCells, scoreOfOutcome, (scores: Score[]) => ({ scores, charges: [] })),
  scores: (ask) => post(ask, PostedScore, scoreOfCells, scoreOf, (scores: Score[]) => ({ scores, charges: [] })),
  charges: (ask) => post(ask, PostedCharge, chargeOfCells, chargeOf, (charges: Charge[]) => ({ scores: [], charges })),
  outcomeSettings: ({ database, projectId }) => readOutcomeSettings(database, projectId),
  putOutcomeSettings: async ({ database, projectId, body, actor }) => {
    await writeSetting(database, { projectId, kind: 'outcomes', body, actor, action: 'outcomes.put' })
    return body
  },
} satisfies Partial<Handlers>

const post = async <Shape extends z.ZodType, Row>(
  ask: Posting,
  shape: Shape,
  fromCells: (cells: ReadonlyMap<string, string>) => unknown,
  rowOf: (posted: z.output<Shape>, sender: Sender) => Row,
  factsOf: (rows: Row[]) => LateFacts,
): Promise<Posted> => {
  const keep = keeperOf(ask.deps)
  const { items, rejected, isOne } = await readItems(ask.file, shape, fromCells)
  const rows: Row[] = []
  const refused: Posted['rejected'] = [...rejected]
  for (const { item, index, line } of items) {
    try {
      rows.push(rowOf(item, ask))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      refused.push({ index, ...(line === undefined ? {} : { line }), reason: error.message })
    }
  }
  if (isOne && refused[0]) throw badRequest(refused[0].reason)
  if (rows.length > 0) {
    const kept = await keep(factsOf(rows))
    if (kept !== 'kept')
      throw new HttpProblem(
        503,
        'The spool is full or its disk is: nothing of this was kept. Send it again.',
        kept.retryAfterSeconds,
      )
  }
  return { accepted: rows.length, rejected: refused.sort((a, b) => a.index - b.index) }
}

const keeperOf = ({ keepLateFacts }: ServerDeps): NonNullable<ServerDeps['keepLateFacts']> => {
  if (keepLateFacts) return keepLateFacts
  throw new HttpProblem(
    409,
    'This process only answers questions and keeps nothing. Post to a `recount serve`, or send outcomes and scores to a collector as OTLP log events named gen_ai.evaluation.result.',
  )
}
