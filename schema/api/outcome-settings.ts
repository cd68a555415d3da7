import { z } from 'zod'
import { OUTCOMES } from '../model/kind.ts'

const names = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((given): readonly string[] => (typeof given === 'string' ? [given] : given))

/**
 * A stored filter over a run: where all that it names is so, the run has this outcome (semantics.md §3, source `code`, evaluator = the rule's name). Of
 * several that fit the first counts.
 */
export const OutcomeRule = z
  .strictObject({
    name: z.string().min(1).max(100),
    outcome: z.enum(OUTCOMES.filter((outcome) => outcome !== 'pending')),
    workflow: names.optional().describe('the run is of one of these workflows'),
    agent: names.optional().describe('the agent that was asked is one of these'),
    toolSucceeded: names.optional().describe('one of these tools was called, and a call of it did not fail'),
    toolFailed: names.optional().describe('one of these tools was called, and every call of it failed'),
    guardrailBlocked: names.optional().describe('one of these guardrails blocked something; "*": any'),
    status: z.enum(['ok', 'error']).optional().describe('of the root span, beside something else that is asked for'),
  })
  .refine(
    ({ toolSucceeded, toolFailed, guardrailBlocked, status }) =>
      toolSucceeded !== undefined || toolFailed !== undefined || guardrailBlocked !== undefined || status !== undefined,
    'a rule asks for something that happened: toolSucceeded, toolFailed, guardrailBlocked or status',
  )
export type OutcomeRule = z.output<typeof OutcomeRule>

/** How a project reads outcomes: the settings document `outcomes`. Absent: 24 hours, unsettled runs count with their cost, no rules. */
export const OutcomeSettings = z.strictObject({
  settleAfterHours: z.number().positive().max(8_760).default(24),
  perWorkflow: z.record(z.string(), z.number().positive().max(8_760)).default({}),
  unsettled: z
    .enum(['exclude', 'bad'])
    .default('bad')
    .describe('runs without an outcome: left out of the money, or their cost counts and no success'),
  rules: z.array(OutcomeRule).max(100).default([]),
})
export type OutcomeSettings = z.output<typeof OutcomeSettings>
