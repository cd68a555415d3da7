import { ChevronDown, ChevronRight, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Step } from '../../schema/api/shapes.ts'
import { Arrow } from '../components/values.tsx'
import { formatCount, plural } from '../util/format.ts'
import { scoreFailed } from './marks.ts'
import styles from './replay.module.css'
import { brief, briefJson } from './step-words.ts'
import { type TranscriptRow, toolsAsked } from './transcript.ts'

interface Props {
  readonly step: Step
  readonly row: TranscriptRow
  /** Why the step failed; undefined where it did not. */
  readonly failure: string | undefined
  readonly text: string
  readonly opened: boolean
  readonly onOpen: (open: boolean) => void
  readonly onFold: () => void
}

/** What stands beside a step's title, in one line. */
export const StepSummary = ({ step, row, failure, text, opened, onOpen, onFold }: Props): ReactNode => {
  if (isPrompt(step)) return <PromptFold text={text} opened={opened} onOpen={onOpen} />
  if (row.agent) return <AgentFold agent={row.agent} onFold={onFold} />
  if (failure !== undefined) return <Failed text={failure} />
  if (step.toolCall) return <ToolSummary call={step.toolCall} />
  if (step.guardrail) return <GuardrailSummary guardrail={step.guardrail} />
  if (step.retrieval) return <RetrievalSummary retrieval={step.retrieval} />
  if (step.score) return <ScoreSummary score={step.score} />
  if (step.handoff) return <Muted text={`handed over by ${step.handoff.from || step.agent}`} />
  if (step.approval) return step.approval.tool && <Muted text={`for ${step.approval.tool}`} />
  return step.kind === 'model_call' ? <CallSummary row={row} text={text} /> : null
}

/** An answer that fits beside the title is shown there; a longer one is a paragraph below it. */
export const isInline = (text: string, row: TranscriptRow): boolean =>
  text.length <= INLINE_CHARS_MAX && !text.includes('\n') && toolsAsked(row.answer).length > 0
const INLINE_CHARS_MAX = 90

/** System prompts are long and the same in every run: a line until somebody wants to read it. */
export const isPrompt = (step: Step): boolean => step.message?.role === 'system' || step.message?.role === 'developer'

const Muted = ({ text }: { readonly text: string }) => <span className="muted">{text}</span>

const Failed = ({ text }: { readonly text: string }) => (
  <span className={`bad ${styles.failed}`}>
    <X aria-hidden /> {brief(text)}
  </span>
)

const PromptFold = ({ text, opened, onOpen }: Pick<Props, 'text' | 'opened' | 'onOpen'>) => (
  <>
    <button type="button" className={styles.fold} aria-expanded={opened} onClick={() => onOpen(!opened)}>
      {formatCount(text.length)} characters
      {opened ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
    </button>
    {!opened && <span className="faint"> {brief(text)}</span>}
  </>
)

const AgentFold = ({
  agent,
  onFold,
}: {
  readonly agent: NonNullable<TranscriptRow['agent']>
  readonly onFold: () => void
}) => (
  <button type="button" className={styles.fold} aria-expanded={agent.open} onClick={onFold}>
    sub-agent · {plural(agent.steps, 'step')} {agent.open ? 'shown' : 'folded'}
    {agent.open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
  </button>
)

const CallSummary = ({ row, text }: Pick<Props, 'row' | 'text'>) => {
  if (text) return isInline(text, row) ? <Muted text={text} /> : null
  const asked = toolsAsked(row.answer)
  return asked.length > 0 ? <Muted text={`calls ${asked.join(', ')}`} /> : null
}

const ToolSummary = ({ call }: { readonly call: NonNullable<Step['toolCall']> }) => (
  <span className="muted">
    <span className="mono">{briefJson(call.arguments)}</span>
    {call.result && (
      <>
        {' '}
        <Arrow /> {briefJson(call.result)}
      </>
    )}
  </span>
)

const TONES: Partial<Record<NonNullable<Step['guardrail']>['verdict'], string>> = {
  pass: 'good',
  block: 'bad',
  error: 'bad',
}

const GuardrailSummary = ({ guardrail }: { readonly guardrail: NonNullable<Step['guardrail']> }) => (
  <>
    <span className={TONES[guardrail.verdict] ?? 'amber'}>{guardrail.verdict}</span>{' '}
    <Muted text={brief(guardrail.detail)} />
  </>
)

const RetrievalSummary = ({ retrieval }: { readonly retrieval: NonNullable<Step['retrieval']> }) => {
  const first = retrieval.documents[0]?.content
  const what = first ? `“${brief(first)}”` : brief(retrieval.query)
  return <Muted text={[plural(retrieval.documents.length, 'document'), what].filter(Boolean).join(' · ')} />
}

const ScoreSummary = ({ score }: { readonly score: NonNullable<Step['score']> }) => (
  <>
    <span className={scoreFailed(score) ? 'bad' : 'good'}>{score.label || score.value}</span>{' '}
    <Muted text={brief(score.explanation)} />
  </>
)
