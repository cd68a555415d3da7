import type { Step } from '../../schema/api/shapes.ts'
import type { LimitName } from './limits.ts'

/** What a timeline marks. The order is that of the buttons. */
export const MARK_KINDS = ['error', 'guardrail', 'approval', 'score', 'limit', 'retry', 'handoff'] as const
export type MarkKind = (typeof MARK_KINDS)[number]

export interface Mark {
  readonly kind: MarkKind
  /** Index in the recording's steps. */
  readonly index: number
  readonly atMs: number
  /** A failed evaluation, a denied approval; errors always. */
  readonly bad: boolean
  readonly label: string
}

/** The steps worth stopping at, in time order. A step can carry several: a retry that fails again is a retry and an error. */
export const marksOf = (
  steps: readonly Step[],
  startMs: ArrayLike<number>,
  crossed: ReadonlyMap<number, readonly LimitName[]> = new Map(),
): Mark[] => {
  const marks: Mark[] = []
  const failedBefore = new Set<string>()
  steps.forEach((step, index) => {
    const add = (kind: MarkKind, label: string, bad = false) =>
      marks.push({ kind, index, atMs: startMs[index]!, bad, label })
    const call = callKey(step)
    if (call && failedBefore.delete(call)) add('retry', `retry of ${step.toolCall?.name ?? step.model ?? step.name}`)
    const failure = failureOf(step)
    if (failure !== undefined) {
      add('error', failure, true)
      if (call) failedBefore.add(call)
    }
    const { guardrail, approval, score, handoff } = step
    if (guardrail && guardrail.verdict !== 'pass') {
      add('guardrail', `${guardrail.name}: ${guardrail.verdict}`, guardrail.verdict === 'block')
    }
    if (approval) add('approval', `approval ${approval.decision}`, approval.decision === 'denied')
    if (score) add('score', `${score.name}: ${score.label || score.value}`, scoreFailed(score))
    if (handoff) add('handoff', `${handoff.from} to ${handoff.to}`)
    const limits = crossed.get(step.seq)
    if (limits) add('limit', `limit crossed: ${limits.join(', ')}`, true)
  })
  return marks
}

/** Why a step counts as failed, in a few words; undefined where it did not. A hit guardrail and a failed score have marks of their own. */
export const failureOf = (step: Step): string | undefined => {
  const { toolCall } = step
  if (toolCall?.valid === false) return `arguments invalid: ${invalidity(toolCall.validationErrors)}`
  if (step.error) return step.error.message || step.error.type || 'failed'
  if (toolCall && !toolCall.ok) return toolCall.error || 'the tool failed'
  if (step.kind === 'handoff' || step.kind === 'evaluation' || step.kind === 'guardrail') return undefined
  return step.status === 'error' ? 'failed' : undefined
}

/** `amount_usd is required`, from Ajv's words and paths. */
export const invalidity = (errors: readonly { readonly path: string; readonly message: string }[]): string =>
  errors.length === 0
    ? 'not what the schema asks for'
    : errors
        .slice(0, 3)
        .map(({ path, message }) => {
          const missing = missingProperty(message, path)
          return missing
            ? `${missing} is required`
            : `${path.replace(/^\//, '').replaceAll('/', '.')} ${message}`.trim()
        })
        .join(', ') + (errors.length > 3 ? ` and ${errors.length - 3} more` : '')

/** The property that is missing: Ajv's "must have required property 'x'", or "required" at the property's own path. */
export const missingProperty = (message: string, path = ''): string | undefined =>
  message.match(/required property '([^']+)'/)?.[1] ??
  message.match(/^(\S+) is required$/)?.[1] ??
  (/^required\b/.test(message) ? path.split('/').at(-1) || undefined : undefined)

const FAILED_LABELS =
  /^(fail|failed|failure|false|no|violation|violated|incorrect|unsupported|bad|error|denied|unsafe)$/i

/** Whether an evaluation says no: by its label, else by a value of 0. */
export const scoreFailed = (score: NonNullable<Step['score']>): boolean =>
  score.label === '' ? score.value === 0 : FAILED_LABELS.test(score.label)

/** The next mark after a step (or before it), of the wanted kinds; undefined at the end. Compares steps, not times: marks can coincide. */
export const nextMark = (
  marks: readonly Mark[],
  fromIndex: number,
  direction: 1 | -1,
  kinds: ReadonlySet<MarkKind>,
): Mark | undefined => {
  const wanted = (m: Mark) => kinds.has(m.kind) && (m.index - fromIndex) * direction > 0
  return direction === 1 ? marks.find(wanted) : marks.findLast(wanted)
}

/** Calls that count as "the same again": the tool or model, asked by the same agent. */
const callKey = (step: Step): string | undefined => {
  if (step.toolCall) return `${step.agent}\0tool\0${step.toolCall.name}`
  return step.kind === 'model_call' ? `${step.agent}\0model\0${step.model}` : undefined
}
