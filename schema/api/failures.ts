import { z } from 'zod'
import { KINDS } from '../model/kind.ts'
import { isoTime } from './shapes.ts'

const count = z.int().nonnegative()

/** Runs that failed, by what failed first in them (`GET /api/failures`). */
export const FailureGroup = z.object({
  kind: z.enum(KINDS).nullable().describe('of the span that failed first; null: no span failed, the run was judged so'),
  name: z.string().describe('tool, model or guardrail, else the name of the span; who judged, where no span failed'),
  errorType: z.string(),
  message: z.string().describe('numbers, ids and quoted values left out, so that equal failures are one'),
  example: z.string().describe('the message of the last one, as it was sent'),
  runs: count,
  failures: count.describe('of them judged a failure; the others recovered, or wait for an outcome'),
  versions: z.array(z.string()),
  firstSeen: isoTime,
  lastSeen: isoTime,
  last: z.array(z.object({ sessionId: z.string(), traceId: z.string(), spanId: z.string() })).describe('the last five'),
})
export type FailureGroup = z.infer<typeof FailureGroup>

export const Failures = z.object({
  items: z.array(FailureGroup),
  runs: count.describe('runs that were looked at: the last ones, at most'),
  truncated: z.boolean().describe('there are older ones in the range'),
})
export type Failures = z.infer<typeof Failures>
