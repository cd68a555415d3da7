import { Check, X } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import type { Step } from '../../schema/api/shapes.ts'
import { LookIcon } from '../components/KindChip.tsx'
import { KIND_LOOKS, STEP_LOOKS, USER_LOOK } from '../components/kind.ts'
import { Markdown } from '../components/Markdown.tsx'
import { Arrows } from '../components/values.tsx'
import { formatBytes } from '../util/format.ts'
import { FoldedText } from './FoldedText.tsx'
import { failureOf } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { momentBrief, momentText } from './moments.ts'
import styles from './replay.module.css'
import { isInline, isPrompt, StepSummary } from './StepSummary.tsx'
import { agentFigures, stepFigures, stepTitle } from './step-words.ts'
import { type TranscriptRow, textOf } from './transcript.ts'

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
      <span className={`${styles.at} num`} title={momentText(model.rec, row.index)}>
        {momentBrief(model.rec, row.index)}
      </span>
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
          <StepSummary
            step={step}
            row={row}
            failure={failure}
            text={text}
            opened={opened}
            onOpen={onOpen}
            onFold={onFold}
          />
        </span>
        <Body step={step} row={row} text={text} opened={opened} onOpen={onOpen} />
      </div>
      <span className={`${styles.figures} num`}>
        {row.agent ? agentFigures(model.rec, model.owner, row.index) : <Arrows text={stepFigures(step)} />}{' '}
        <Verdict step={step} failure={failure} />
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
  const prompt = isPrompt(step)
  const shown = text && (prompt ? opened : !(row.answer && isInline(text, row)))
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
          {prompt ? <Markdown text={text} /> : <FoldedText text={text} open={opened} onOpen={onOpen} />}
        </div>
      )}
      {blobs.map((p, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one message never move.
        <span key={i} className="chip">
          {p.mimeType || 'attachment'} {p.bytes !== undefined && formatBytes(p.bytes)}
        </span>
      ))}
    </>
  )
}
