import { z } from 'zod'
import { OUTCOMES, SCORE_SOURCES } from '../model/kind.ts'

/** What is known of a run after it: outcomes and scores (interface.md, "POST /api/outcomes"); charges stand in costs.ts. */
const hexId = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^(?!0+$)[0-9a-fA-F]{${digits}}$`), `${digits} hex digits, not all 0`)
    .transform((id) => id.toLowerCase())
const name = z.string().trim().min(1).max(500)

export const Target = z
  .strictObject({
    traceId: hexId(32).optional(),
    sessionId: name.optional().describe('every run of the session that nothing was said of apart'),
    key: name.optional().describe('every run that carries it as recount.outcome.key'),
  })
  .refine(
    (target) => Object.values(target).filter((value) => value !== undefined).length === 1,
    'names exactly one of traceId, sessionId and key',
  )

const judgement = {
  id: z.string().min(1).max(200).optional().describe('the same id again replaces what it said'),
  target: Target,
  source: z.enum(SCORE_SOURCES).describe('of several outcomes of a run the first of these counts, then the latest'),
  evaluator: z.string().max(200).optional().describe('who or what judged; absent: the name of the API key'),
  version: z.string().max(100).default('').describe('of the evaluator'),
  decidedAt: z.string().optional().describe('ISO 8601; absent: now'),
  explanation: z.string().max(10_000).default(''),
}

export const PostedOutcome = z.strictObject({ ...judgement, label: z.enum(OUTCOMES) })
export type PostedOutcome = z.output<typeof PostedOutcome>

export const PostedScore = z
  .strictObject({
    ...judgement,
    name: z.string().min(1).max(200),
    label: z.string().max(200).default(''),
    value: z.number().optional(),
    spanId: hexId(16).optional().describe('of the trace that the target names: a judgement of this span alone'),
  })
  .refine(({ label, value }) => label !== '' || value !== undefined, 'says a label, a value or both')
export type PostedScore = z.output<typeof PostedScore>

/** What was kept is on disk. What could not be understood is answered by its place; the rest of the batch is kept all the same. */
export const Posted = z.object({
  accepted: z.int().nonnegative(),
  rejected: z.array(
    z.object({ index: z.int().nonnegative().describe('0 is the first'), line: z.int().optional(), reason: z.string() }),
  ),
})
export type Posted = z.infer<typeof Posted>
