import { Link } from '@tanstack/react-router'
import { Flag, Hand, Share2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Run } from '../../schema/api/shapes.ts'
import { OutcomeChip, SOURCE_LABELS } from '../components/OutcomeChip.tsx'
import { cachedText, Duration, Moment, Money, usageText } from '../components/values.tsx'
import { formatCount, plural } from '../util/format.ts'
import { formatLimitUsd, limitsOf } from './limits.ts'
import type { ReplayModel } from './model.ts'
import styles from './replay.module.css'

interface Props {
  readonly model: ReplayModel
  readonly runs: readonly Run[]
  readonly onCopyLink: () => void
  readonly children?: ReactNode
}

/** Who ran, how it ended and what it took: one line of each, and the way to the traces. */
export const ReplayHeader = ({ model, runs, onCopyLink, children }: Props) => {
  const { session } = model
  const approvals = model.marks.filter((m) => m.kind === 'approval').length
  return (
    <header className={styles.header}>
      <h1>
        <span className="cut">{session.agent || 'unnamed agent'}</span>
        {session.agentVersion && <span className={`muted ${styles.version}`}>{session.agentVersion}</span>}
        <OutcomeChip outcome={session.outcome} source={session.outcomeSource} provisional={session.provisional} />
        {session.outcomeSource && (
          <span className="chip">
            {SOURCE_LABELS[session.outcomeSource] ?? session.outcomeSource}
            {session.provisional && ', may change'}
          </span>
        )}
        {session.status === 'error' && session.outcome !== 'failure' && (
          <span className="chip k k-error">
            <X aria-hidden /> error
          </span>
        )}
        {session.guardrailHits > 0 && (
          <span className="chip k k-guardrail">
            <Flag aria-hidden /> {plural(session.guardrailHits, 'guardrail')}
          </span>
        )}
        {approvals > 0 && (
          <span className="chip k k-approval">
            <Hand aria-hidden /> {plural(approvals, 'approval')}
          </span>
        )}
        {session.environment && <span className="chip">{session.environment}</span>}
        <span className="grow" />
        <TraceLinks runs={runs} traceIds={session.traceIds} />
        <button type="button" className="btn" onClick={onCopyLink}>
          <Share2 aria-hidden /> Share <kbd>y</kbd>
        </button>
      </h1>
      <Facts model={model} runs={runs} />
      {children}
    </header>
  )
}

const Facts = ({ model, runs }: { readonly model: ReplayModel; readonly runs: readonly Run[] }) => {
  const { session: s } = model
  const limit = s.runCount === 1 ? limitsOf(runs[0]?.labels).usd : undefined
  const invalid = model.rec.steps.filter((step) => step.toolCall?.valid === false).length
  const policies = [...new Set(runs.flatMap((r) => r.labels['recount.policy.version'] ?? []))]
  const cached = cachedText(s.usage)
  return (
    <ul className={`${styles.facts} num`} aria-label="Facts">
      <Fact value={<Duration ms={s.durationMs} />} note={<Moment time={s.start} />} />
      <Fact
        value={<Money usd={s.costUsd} status={s.costStatus} />}
        note={limit === undefined ? '' : `of ${formatLimitUsd(limit)}`}
      />
      <Fact
        value={<span title={usageText(s.usage)}>{formatCount(s.usage.inputTotal + s.usage.outputTotal)}</span>}
        note={cached ? `tokens, ${cached}` : 'tokens'}
      />
      <Fact value={formatCount(s.modelCalls)} note={s.modelCalls === 1 ? 'model call' : 'model calls'}>
        {s.failedModelCalls > 0 && <Bad>{s.failedModelCalls} failed</Bad>}
      </Fact>
      <Fact value={formatCount(s.toolCalls)} note={s.toolCalls === 1 ? 'tool' : 'tools'}>
        {invalid > 0 && <Bad>{invalid} invalid</Bad>}
        {s.toolErrors > invalid && <Bad>{s.toolErrors - invalid} failed</Bad>}
      </Fact>
      {s.runCount > 1 && <Fact value={formatCount(s.runCount)} note="runs" />}
      {s.user && <Fact name="user" value={s.user} />}
      {policies.length > 0 && <Fact name="policy" value={policies.join(', ')} />}
      {s.customer && <Fact name="customer" value={s.customer} />}
    </ul>
  )
}

interface FactProps {
  readonly name?: string
  readonly value: ReactNode
  readonly note?: ReactNode
  readonly children?: ReactNode
}

const Fact = ({ name, value, note, children }: FactProps) => (
  <li>
    {name && <span className="muted">{name}</span>}
    <b>{value}</b>
    {note && <span className="muted">{note}</span>}
    {children}
  </li>
)

const Bad = ({ children }: { readonly children: ReactNode }) => <b className="bad">{children}</b>

const TRACES_SHOWN_MAX = 2

const TraceLinks = ({ runs, traceIds }: { readonly runs: readonly Run[]; readonly traceIds: readonly string[] }) => {
  if (traceIds.length > TRACES_SHOWN_MAX) {
    return (
      <Link className="btn" to="/traces" search={{ session: [runs[0]?.sessionId ?? ''] }}>
        {plural(traceIds.length, 'trace')}
      </Link>
    )
  }
  return traceIds.map((traceId, i) => (
    <Link key={traceId} className="btn" to="/traces/$traceId" params={{ traceId }}>
      {traceIds.length === 1 ? 'Open trace' : `Trace ${i + 1}`}
    </Link>
  ))
}
