import { lazy, type ReactNode, Suspense } from 'react'
import type { Span, Step } from '../../schema/api/shapes.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { JsonTree } from '../components/JsonTree.tsx'
import { JsonOrText, MessageList } from '../trace/MessageList.tsx'
import { SpanDetail } from '../trace/SpanDetail.tsx'
import { Arguments } from './Arguments.tsx'
import { SelfFoldedText } from './FoldedText.tsx'
import styles from './inspector.module.css'
import { failureOf } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { PromptPane } from './PromptPane.tsx'

const CostExplanation = lazy(() => import('../costs/CostExplanation.tsx').then((m) => ({ default: m.CostExplanation })))

const PLAIN = ['detail', 'cost', 'span', 'raw']

/** Panes of the inspector by kind of step; the first is shown unless the URL names another. */
const PANES: Record<Step['kind'], readonly string[]> = {
  tool_call: ['arguments', 'result', 'schema', 'cost', 'span', 'raw'],
  model_call: ['answer', 'prompt', 'cost', 'span', 'raw'],
  message: ['text', 'span', 'raw'],
  retrieval: ['documents', 'cost', 'span', 'raw'],
  guardrail: PLAIN,
  approval: PLAIN,
  handoff: PLAIN,
  evaluation: PLAIN,
  memory: PLAIN,
  plan: PLAIN,
  step: PLAIN,
  error: PLAIN,
}

/** Of a step without usage and cost there is nothing to explain. */
export const panesOf = (step: Step): readonly string[] =>
  PANES[step.kind].filter((pane) => pane !== 'cost' || step.usage !== undefined || step.costUsd !== undefined)

interface Props {
  readonly model: ReplayModel
  readonly step: Step
  readonly index: number
  readonly pane: string
  readonly span: Span | undefined
  readonly error: unknown
}

export const StepPane = (props: Props): ReactNode => {
  const { step, pane, span, error, model } = props
  switch (pane) {
    case 'arguments':
      return step.toolCall && <Arguments call={step.toolCall} />
    case 'result':
      return step.toolCall && <Result call={step.toolCall} />
    case 'schema':
      return <Schema step={step} span={span} />
    case 'answer':
      return span ? <Answer span={span} step={step} /> : <Waiting step={step} error={error} />
    case 'prompt':
      return span ? <PromptPane {...props} span={span} /> : <Waiting step={step} error={error} />
    case 'text':
      return step.message && <MessageList messages={[step.message]} />
    case 'documents':
      return step.retrieval && <Documents retrieval={step.retrieval} />
    case 'span':
      return span ? (
        <SpanDetail span={span} originNanos={model.rec.originNanos} />
      ) : (
        <Waiting step={step} error={error} />
      )
    case 'cost':
      return step.spanId ? (
        <Suspense fallback={<span className={`skeleton ${styles.waiting}`} role="status" aria-label="Loading" />}>
          <CostExplanation traceId={step.traceId} spanId={step.spanId} />
        </Suspense>
      ) : (
        <p className="muted">This step has no span of its own.</p>
      )
    case 'raw':
      return <JsonTree text={JSON.stringify(step)} label="step" />
    default:
      return <Detail step={step} />
  }
}

const Waiting = ({ step, error }: { readonly step: Step; readonly error: unknown }) => {
  if (error) return <ErrorState error={error} subject="The span" />
  if (!step.spanId) return <p className="muted">This step has no span of its own.</p>
  return <span className={`skeleton ${styles.waiting}`} role="status" aria-label="Loading" />
}

const Result = ({ call }: { readonly call: NonNullable<Step['toolCall']> }) => (
  <>
    {call.error && <p className="bad">{call.error}</p>}
    {call.result ? (
      <JsonOrText text={call.result} label="result" />
    ) : (
      <p className="muted">{call.ok ? 'The tool returned nothing.' : 'No result came back.'}</p>
    )}
  </>
)

const Schema = ({ step, span }: { readonly step: Step; readonly span: Span | undefined }) => {
  const schema = step.toolCall?.schema ?? span?.toolDefinitions.find((d) => d.name === step.toolCall?.name)?.parameters
  return schema ? (
    <JsonTree text={JSON.stringify(schema)} label="schema" />
  ) : (
    <p className="muted">
      No model call in this trace carried a definition of {step.toolCall?.name}: its arguments cannot be judged.
    </p>
  )
}

const Answer = ({ span, step }: { readonly span: Span; readonly step: Step }) => {
  const failure = failureOf(step)
  return (
    <>
      {failure !== undefined && <p className="bad">{failure}</p>}
      {span.outputMessages.length > 0 ? (
        <MessageList messages={span.outputMessages} />
      ) : (
        <p className="muted">The telemetry carried no answer: content capture may be off.</p>
      )}
    </>
  )
}

const Documents = ({ retrieval }: { readonly retrieval: NonNullable<Step['retrieval']> }) => (
  <>
    {retrieval.query && (
      <p>
        <span className="muted">asked for</span> {retrieval.query}
      </p>
    )}
    <ol className={styles.documents}>
      {retrieval.documents.map((d, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a result list is fixed; ids may repeat.
        <li key={i}>
          <span className="mono">{d.id || `#${i + 1}`}</span>{' '}
          {d.score !== null && <span className="muted num">{d.score.toFixed(3)}</span>}
          <SelfFoldedText text={d.content} />
        </li>
      ))}
    </ol>
  </>
)

/** What there is to say of the smaller kinds of step. */
const Detail = ({ step }: { readonly step: Step }): ReactNode => {
  const { guardrail, approval, handoff, score, error } = step
  const facts: [string, ReactNode][] = guardrail
    ? [
        ['Guardrail', guardrail.name],
        ['Verdict', guardrail.verdict],
        ['Detail', guardrail.detail],
      ]
    : approval
      ? [
          ['Tool', approval.tool],
          ['Decision', approval.decision],
          ['By', approval.by],
        ]
      : handoff
        ? [
            ['From', handoff.from],
            ['To', handoff.to],
            ['As', handoff.subAgent ? 'sub-agent: the caller goes on afterwards' : 'handoff: the other agent goes on'],
          ]
        : score
          ? [
              ['Score', score.name],
              ['Value', score.value === null ? '' : String(score.value)],
              ['Label', score.label],
              ['Because', score.explanation],
            ]
          : []
  return (
    <>
      {error && (
        <p className="bad">
          <b>{error.type}</b> {error.message}
        </p>
      )}
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map(([name, value]) =>
            value ? (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ) : null,
          )}
        </dl>
      )}
      {facts.length === 0 && !error && <p className="muted">{step.name}</p>}
    </>
  )
}
