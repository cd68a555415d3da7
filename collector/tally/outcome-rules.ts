import { createHash } from 'node:crypto'
import type { OutcomeRule } from '../../schema/api/outcome-settings.ts'
import type { Call, GuardrailCheck } from '../../schema/model/run.ts'
import type { Score } from '../../schema/model/span.ts'
import { OUTCOME_SCORE } from './outcome.ts'

/** What a rule may ask about. */
export interface RuledRun {
  readonly traceIds: readonly string[]
  readonly workflow: string
  readonly rootAgent: string
  readonly status: number
  readonly endNanos: bigint
  readonly calls: readonly Call[]
  readonly checks: readonly GuardrailCheck[]
}

/** The outcome that the first fitting rule gives, as if code had said it when the run ended; [] where none fits. It is computed with the run, not stored apart. */
export const ruledOutcomes = (projectId: number, rules: readonly OutcomeRule[], run: RuledRun): readonly Score[] => {
  const rule = rules.find((candidate) => fits(candidate, run))
  const traceId = run.traceIds[0] ?? ''
  if (!rule) return []
  return [
    {
      projectId,
      scoreId: createHash('sha256').update(`rule\0${projectId}\0${traceId}\0${rule.name}`).digest('hex').slice(0, 32),
      timeNanos: run.endNanos,
      name: OUTCOME_SCORE,
      source: 'code',
      evaluator: rule.name,
      evaluatorVersion: '',
      value: Number.NaN,
      label: rule.outcome,
      explanation: '',
      traceId,
      spanId: '',
      sessionId: '',
      responseId: '',
      targetKey: '',
      attrs: new Map(),
    },
  ]
}

const fits = (rule: OutcomeRule, run: RuledRun): boolean =>
  (!rule.workflow || rule.workflow.includes(run.workflow)) &&
  (!rule.agent || rule.agent.includes(run.rootAgent)) &&
  (!rule.toolSucceeded || rule.toolSucceeded.some((tool) => callsOf(tool, run).some(({ failed }) => !failed))) &&
  (!rule.toolFailed || rule.toolFailed.some((tool) => allFailed(callsOf(tool, run)))) &&
  (!rule.guardrailBlocked || rule.guardrailBlocked.some((name) => hasBlocked(name, run))) &&
  (!rule.status || (rule.status === 'error') === (run.status === 2))

const callsOf = (tool: string, { calls }: RuledRun): readonly Call[] =>
  calls.filter((call) => call.kind === 'tool' && call.tool === tool)

const allFailed = (calls: readonly Call[]): boolean => calls.length > 0 && calls.every(({ failed }) => failed)

const hasBlocked = (name: string, { checks }: RuledRun): boolean =>
  checks.some((check) => check.verdict === 'block' && (name === '*' || check.name === name))
