import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Span, Step } from '../../schema/api/shapes.ts'
import { spanQuery } from '../api/queries.ts'
import { MessageList } from '../trace/MessageList.tsx'
import { plural } from '../util/format.ts'
import styles from './inspector.module.css'
import type { ReplayModel } from './model.ts'
import { diffPrompts, diffText, type PromptPart, plainText } from './prompt-diff.ts'

interface Props {
  readonly model: ReplayModel
  readonly step: Step
  readonly index: number
  readonly span: Span
}

/** The full prompt of a call: what is new against the call before, the rest folded until it is asked for. */
export const PromptPane = ({ model, step, index, span }: Props) => {
  const previous = previousCall(model, index)
  const before = useQuery({
    ...spanQuery(previous?.traceId ?? step.traceId, previous?.spanId ?? step.spanId),
    enabled: previous !== undefined,
  })
  const [whole, setWhole] = useState(false)
  if (span.inputMessages.length === 0) {
    return <p className="muted">The telemetry carried no prompt: content capture may be off.</p>
  }
  const parts: readonly PromptPart[] =
    previous && before.data
      ? diffPrompts(before.data.inputMessages, span.inputMessages)
      : [{ kind: 'added', messages: span.inputMessages }]
  const same = parts.reduce((sum, p) => sum + (p.kind === 'same' ? p.messages.length : 0), 0)
  return (
    <div className={styles.prompt}>
      <p className="muted num">
        {plural(span.inputMessages.length, 'message')}
        {previous && before.data && `, ${same} as in the call before`}
        {span.toolDefinitions.length > 0 && `, ${plural(span.toolDefinitions.length, 'tool')} offered`}
      </p>
      {same > 0 && (
        <button type="button" className="btn" aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show only what is new' : 'Show full prompt'}
        </button>
      )}
      <Diff parts={parts} whole={whole} compared={previous !== undefined && before.data !== undefined} />
    </div>
  )
}

const Diff = ({
  parts,
  whole,
  compared,
}: {
  readonly parts: readonly PromptPart[]
  readonly whole: boolean
  readonly compared: boolean
}) =>
  parts.map((part, i) => {
    const next = parts[i + 1]
    const key = `${part.kind}${i}`
    if (part.kind === 'same' && !whole) {
      return (
        <p key={key} className={`muted ${styles.unchanged}`}>
          {plural(part.messages.length, 'message')} unchanged
        </p>
      )
    }
    if (part.kind === 'same') return <MessageList key={key} messages={part.messages} />
    if (rewritten(part, next)) return <Rewritten key={key} before={part} now={next!} />
    if (part.kind === 'added' && rewritten(parts[i - 1], part)) return null
    return compared ? (
      <MessageList key={key} messages={part.messages} tone={part.kind} />
    ) : (
      <MessageList key={key} messages={part.messages} />
    )
  })

/** One message replaced by one of the same role: its words are compared. */
const rewritten = (before: PromptPart | undefined, now: PromptPart | undefined): boolean =>
  before?.kind === 'removed' &&
  now?.kind === 'added' &&
  before.messages.length === 1 &&
  now.messages.length === 1 &&
  before.messages[0]!.role === now.messages[0]!.role

const Rewritten = ({ before, now }: { readonly before: PromptPart; readonly now: PromptPart }) => (
  <div className={styles.rewritten}>
    <span className="eyebrow">{now.messages[0]!.role}, rewritten</span>
    <p>
      {diffText(plainText(before.messages[0]!), plainText(now.messages[0]!)).map((part, i) =>
        part.kind === 'same' ? (
          part.text
        ) : part.kind === 'added' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one diff never move.
          <ins key={i}>{part.text}</ins>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <del key={i}>{part.text}</del>
        ),
      )}
    </p>
  </div>
)

/** The model call before this one, of the same agent in the same trace. */
const previousCall = ({ rec, owner }: ReplayModel, index: number): Step | undefined => {
  for (let i = index - 1; i >= 0; i--) {
    const step = rec.steps[i]!
    if (step.kind === 'model_call' && owner[i] === owner[index] && step.traceId === rec.steps[index]!.traceId)
      return step
  }
  return undefined
}
