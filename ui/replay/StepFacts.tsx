import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Span, Step } from '../../schema/api/shapes.ts'
import { formatDuration } from '../util/format.ts'
import styles from './inspector.module.css'
import type { ReplayModel } from './model.ts'

interface Props {
  readonly model: ReplayModel
  readonly step: Step
  readonly index: number
  readonly span: Span | undefined
  readonly onSelect: (index: number) => void
}

/** Who asked for this step, under which versions, and who allowed it. */
export const StepFacts = ({ model, step, index, span, onSelect }: Props) => {
  const { rec, owner } = model
  const asker = step.kind === 'model_call' ? -1 : askedBy(rec.steps, owner, index)
  const approval = approvalOf(rec.steps, step, index)
  const to = (at: number, text: ReactNode) => (
    <button type="button" className="link" onClick={() => onSelect(at)}>
      {text}
    </button>
  )
  const facts: [string, ReactNode][] = [
    [
      'Asked by',
      asker >= 0 && (
        <>
          {to(asker, `model call ${callNumber(rec.steps, asker)}`)}{' '}
          <span className="mono">{rec.steps[asker]!.model}</span>
        </>
      ),
    ],
    [
      'Approved by',
      approval && (
        <>
          {to(approval.index, approval.by || 'somebody')}{' '}
          <span className="muted">· {formatDuration(approval.waitedMs)} wait</span>
        </>
      ),
    ],
    ['Agent', [step.agent, span?.agentVersion].filter(Boolean).join(' ')],
    ['Prompt', span?.prompt && [span.prompt, span.promptVersion].filter(Boolean).join(' ')],
    ['Policy', span?.policyVersion],
    ['Model', step.kind === 'model_call' && [step.provider, step.model].filter(Boolean).join(' · ')],
    ['Finished', step.finishReason],
    ['First token', span?.ttftMs ? formatDuration(span.ttftMs) : undefined],
    ['Priced by', step.priceRef],
    ['Evaluator', step.score && [step.score.evaluator, step.score.source].filter(Boolean).join(' · ')],
    [
      'Span',
      step.spanId && (
        <Link
          className="link mono"
          to="/traces/$traceId"
          params={{ traceId: step.traceId }}
          search={{ span: step.spanId }}
        >
          {step.spanId}
        </Link>
      ),
    ],
  ]
  return (
    <dl className={`${styles.facts} num`}>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}

/** The last model call of the same agent before this step. */
export const askedBy = (steps: readonly Step[], owner: Int32Array, index: number): number => {
  for (let i = index - 1; i >= 0; i--) {
    if (steps[i]!.kind === 'model_call' && owner[i] === owner[index] && steps[i]!.traceId === steps[index]!.traceId)
      return i
  }
  return -1
}

const callNumber = (steps: readonly Step[], index: number): number =>
  steps.slice(0, index + 1).filter((s) => s.kind === 'model_call').length

const approvalOf = (steps: readonly Step[], step: Step, index: number) => {
  if (!step.toolCall) return undefined
  const at = steps.findLastIndex(
    (s, i) => i < index && s.approval?.tool === step.toolCall!.name && s.approval.decision === 'approved',
  )
  return at < 0 ? undefined : { index: at, ...steps[at]!.approval! }
}
