import { Check, ChevronDown, ChevronRight, X } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import type { Step } from '../../schema/api/shapes.ts'
import { LookIcon } from '../components/KindChip.tsx'
import { KIND_LOOKS, STEP_LOOKS, USER_LOOK } from '../components/kind.ts'
import { formatDuration, formatTokens, formatUsd, plural } from '../util/format.ts'
import { clock } from './clock.ts'
import { FoldedText } from './FoldedText.tsx'
import { failureOf, scoreFailed } from './marks.ts'
import type { ReplayModel } from './model.ts'
import styles from './replay.module.css'
import { brief, briefJson, stepFigures, stepMs, stepTitle } from './step-words.ts'
import { type TranscriptRow, textOf, toolsAsked } from './transcript.ts'

interface Props {
  readonly model: ReplayModel
  readonly row: TranscriptRow
  readonly selected: boolean
  readonly opened: boolean
  readonly onOpen: (open: boolean) => void
  readonly onSelect: () => void
  readonly onFold: () => void
}

/** One line of the conversation. The button under its title covers the line, so that the whole is a target and text stays selectable. */
export const TranscriptLine = ({ model, row, selected, opened, onOpen, onSelect, onFold }: Props) => {
  const step = model.rec.steps[row.index]!
  const atMs = model.rec.startMs[row.index]!
  const failure = failureOf(step)
  const text = step.message ? textOf(step.message) : textOf(row.answer)
  return (
    <div
      className={styles.line}
      data-selected={selected || undefined}
      data-kind={step.kind}
      data-role={step.message?.role}
      style={{ '--level': row.level } as CSSProperties}
    >
      <span className={`${styles.at} num`}>{clock(atMs)}</span>
      <span className={styles.dot}>
        <StepIcon step={step} />
      </span>
      <div className={styles.what}>
        <span className={styles.head}>
          <button
            type="button"
            className={`${styles.title} ${step.toolCall ? 'mono' : ''}`}
            data-step={step.seq}
            aria-current={selected ? 'step' : undefined}
            onClick={onSelect}
          >
            {stepTitle(step)}
          </button>{' '}
          <Summary step={step} row={row} failure={failure} text={text} onFold={onFold} />
        </span>
        <Body step={step} row={row} text={text} opened={opened} onOpen={onOpen} />
      </div>
      <span className={`${styles.figures} num`}>
        {row.agent ? agentFigures(model, row.index) : stepFigures(step)} <Verdict step={step} failure={failure} />
      </span>
    </div>
  )
}

export const StepIcon = ({ step, size = 22 }: { readonly step: Step; readonly size?: number }) => (
  <LookIcon look={lookOf(step)} size={size} />
)

const lookOf = (step: Step) => {
  if (step.handoff?.subAgent) return KIND_LOOKS.agent
  if (!step.message) return STEP_LOOKS[step.kind]
  return (
    { user: USER_LOOK, assistant: KIND_LOOKS.llm, system: KIND_LOOKS.prompt }[step.message.role] ?? STEP_LOOKS.message
  )
}

const Verdict = ({ step, failure }: { readonly step: Step; readonly failure: string | undefined }): ReactNode => {
  if (failure !== undefined) return <X className="bad" role="img" aria-label="failed" />
  return step.toolCall ? <Check className="good" role="img" aria-label="ok" /> : null
}

/** The answer that fits beside the title is shown there; a longer one is a paragraph below it. */
const INLINE_CHARS_MAX = 90

const isInline = (text: string, row: TranscriptRow) =>
  text.length <= INLINE_CHARS_MAX && !text.includes('\n') && toolsAsked(row.answer).length > 0

interface SummaryProps {
  readonly step: Step
  readonly row: TranscriptRow
  readonly failure: string | undefined
  readonly text: string
  readonly onFold: () => void
}

const Summary = ({ step, row, failure, text, onFold }: SummaryProps): ReactNode => {
  const { toolCall, guardrail, retrieval, handoff, score, error } = step
  if (toolCall) {
    if (failure !== undefined)
      return (
        <span className="bad">
          ✕{' '}
          {toolCall.valid === false
            ? `arguments ${failure.replace('arguments: ', ': ').replace('invalid : ', 'invalid: ')}`
            : brief(failure)}
        </span>
      )
    return (
      <span className="muted">
        <span className="mono">{briefJson(toolCall.arguments)}</span>
        {toolCall.result && ` → ${briefJson(toolCall.result)}`}
      </span>
    )
  }
  if (guardrail) {
    const tone =
      guardrail.verdict === 'block' || guardrail.verdict === 'error'
        ? 'bad'
        : guardrail.verdict === 'pass'
          ? 'good'
          : 'amber'
    return (
      <>
        <span className={tone}>{guardrail.verdict}</span> <span className="muted">{brief(guardrail.detail)}</span>
      </>
    )
  }
  if (retrieval) {
    const first = retrieval.documents[0]?.content
    return (
      <span className="muted">
        {plural(retrieval.documents.length, 'document')}
        {first ? ` · “${brief(first)}”` : retrieval.query && ` · ${brief(retrieval.query)}`}
      </span>
    )
  }
  if (handoff)
    return row.agent ? (
      <AgentFold agent={row.agent} onFold={onFold} />
    ) : (
      <span className="muted">handed over by {handoff.from || step.agent}</span>
    )
  if (score) {
    return (
      <>
        <span className={scoreFailed(score) ? 'bad' : 'good'}>{score.label || score.value}</span>{' '}
        <span className="muted">{brief(score.explanation)}</span>
      </>
    )
  }
  if (step.approval) return step.approval.tool && <span className="muted">for {step.approval.tool}</span>
  if (error) return <span className="bad">{brief(error.message)}</span>
  if (failure !== undefined) return <span className="bad">✕ {brief(failure)}</span>
  if (step.kind !== 'model_call') return null
  const asked = toolsAsked(row.answer)
  if (text && isInline(text, row)) return <span className="muted">{text}</span>
  return asked.length > 0 && !text ? <span className="muted">calls {asked.join(', ')}</span> : null
}

const AgentFold = ({
  agent,
  onFold,
}: {
  readonly agent: NonNullable<TranscriptRow['agent']>
  readonly onFold: () => void
}) => (
  <button type="button" className={styles.agentFold} aria-expanded={agent.open} onClick={onFold}>
    sub-agent · {plural(agent.steps, 'step')} {agent.open ? 'shown' : 'folded'}
    {agent.open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
  </button>
)

interface BodyProps {
  readonly step: Step
  readonly row: TranscriptRow
  readonly text: string
  readonly opened: boolean
  readonly onOpen: (open: boolean) => void
}

const Body = ({ step, row, text, opened, onOpen }: BodyProps): ReactNode => {
  const reasoning = (step.message ?? row.answer)?.parts.filter((p) => p.type === 'reasoning' && p.text)
  const blobs = (step.message ?? row.answer)?.parts.filter((p) => p.type === 'blob') ?? []
  const shown = text && !(row.answer && isInline(text, row))
  return (
    <>
      {reasoning && reasoning.length > 0 && (
        <details className={styles.reasoning}>
          <summary>reasoning</summary>
          {reasoning.map((p) => p.text).join('\n\n')}
        </details>
      )}
      {shown && (
        <div className={styles.say}>
          <FoldedText text={text} open={opened} onOpen={onOpen} />
        </div>
      )}
      {blobs.map((p, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one message never move.
        <span key={i} className="chip">
          {p.mimeType || 'attachment'} {p.bytes !== undefined && `${formatTokens(p.bytes)} bytes`}
        </span>
      ))}
    </>
  )
}

/** What a sub-agent spent altogether: its own steps and those of agents below it. */
const agentFigures = (model: ReplayModel, handoff: number): string => {
  const { rec, owner } = model
  const inside = new Set([handoff])
  let tokens = 0
  let usd = 0
  let endMs = rec.endMs[handoff]!
  for (let i = handoff + 1; i < rec.steps.length; i++) {
    if (!inside.has(owner[i]!)) continue
    inside.add(i)
    const { usage, costUsd } = rec.steps[i]!
    tokens += usage ? usage.inputTotal + usage.outputTotal : 0
    usd += Number(costUsd ?? 0)
    endMs = Math.max(endMs, rec.endMs[i]!)
  }
  const ms = Math.max(stepMs(rec.steps[handoff]!), endMs - rec.startMs[handoff]!)
  return [tokens > 0 && `${formatTokens(tokens)} tok`, formatDuration(ms), usd > 0 && formatUsd(usd)]
    .filter(Boolean)
    .join(' · ')
}
