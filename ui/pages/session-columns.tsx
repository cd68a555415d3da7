import { Link } from '@tanstack/react-router'
import { Shield } from 'lucide-react'
import type { SessionItem } from '../../schema/api/shapes.ts'
import { Highlight } from '../components/Highlight.tsx'
import { OutcomeChip } from '../components/OutcomeChip.tsx'
import type { Column } from '../components/table-columns.ts'
import { cachedText, Duration, Missing, Money, TimeAgo, usageText } from '../components/values.tsx'
import { formatCount, formatTokens, plural } from '../util/format.ts'
import { TwoLines } from './cells.tsx'
import styles from './pages.module.css'

/** Ids of a session's columns that the server can sort by; it sorts the most first. */
export const sessionColumns = (needle?: string): readonly Column<SessionItem>[] => [
  {
    id: 'session',
    header: 'Session',
    width: 150,
    grow: 4,
    cell: (session) => <SessionCell session={session} needle={needle} />,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: 120,
    cell: (session) => (
      <OutcomeChip outcome={session.outcome} source={session.outcomeSource} provisional={session.provisional} />
    ),
  },
  {
    id: 'errors',
    header: 'Errors',
    width: 110,
    from: 700,
    sortBy: (session) => session.errors,
    cell: (session) => <Trouble session={session} />,
  },
  {
    id: 'calls',
    header: 'Calls',
    width: 92,
    from: 1020,
    cell: (session) => (
      <TwoLines
        first={`${formatCount(session.modelCalls)} model`}
        second={session.toolCalls > 0 ? `${formatCount(session.toolCalls)} tool` : 'no tool'}
      />
    ),
  },
  {
    id: 'tokens',
    header: 'Tokens',
    width: 112,
    align: 'right',
    from: 980,
    cell: (session) => (
      <span className="num" title={usageText(session.usage)}>
        <TwoLines
          first={formatTokens(session.usage.inputTotal + session.usage.outputTotal)}
          second={cachedText(session.usage) || '\u00a0'}
        />
      </span>
    ),
  },
  {
    id: 'costUsd',
    header: 'Cost',
    width: 90,
    align: 'right',
    from: 460,
    sortBy: (session) => Number(session.costUsd),
    cell: (session) => (
      <Money
        usd={session.costUsd}
        status={session.modelCalls + session.embeddingCalls === 0 ? 'complete' : session.costStatus}
      />
    ),
  },
  {
    id: 'durationMs',
    header: 'Duration',
    width: 78,
    align: 'right',
    from: 620,
    sortBy: (session) => session.durationMs,
    cell: (session) => <Duration ms={session.durationMs} />,
  },
  {
    id: 'end',
    header: 'Ended',
    width: 116,
    align: 'right',
    from: 340,
    sortBy: (session) => Date.parse(session.end),
    cell: (session) => (
      <span className="muted">
        <TimeAgo time={session.end} />
      </span>
    ),
  },
]

const SessionCell = ({ session, needle }: { readonly session: SessionItem; readonly needle: string | undefined }) => {
  // A hit in the answer is shown where the question has none.
  const inInput = !needle || session.firstInput.toLowerCase().includes(needle.toLowerCase())
  const text = inInput ? session.firstInput : session.lastOutput || session.firstInput
  return (
    <TwoLines
      first={
        <Link to="/sessions/$id" params={{ id: session.id }} className={styles.title} preload={false}>
          {text ? <Highlight text={oneLine(text)} needle={needle} /> : session.agent || session.id}
        </Link>
      }
      second={
        <>
          {session.agent || 'no agent'} {session.agentVersion} · <span className="mono">{session.id}</span>
          {session.runCount > 1 && ` · ${plural(session.runCount, 'run')}`}
        </>
      }
    />
  )
}

/** What a list shows of a text: its beginning, on one line. */
const CELL_CHARS = 240
const oneLine = (text: string) =>
  text
    .slice(0, CELL_CHARS * 4)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, CELL_CHARS)

const Trouble = ({ session }: { readonly session: SessionItem }) => {
  if (session.errors === 0 && session.guardrailHits === 0) return <Missing why="no errors" />
  return (
    <span className={`${styles.chips} num`}>
      {session.errors > 0 && <span className="bad">{plural(session.errors, 'error')}</span>}
      {session.guardrailHits > 0 && (
        <span className="chip k k-guardrail" title={plural(session.guardrailHits, 'guardrail hit')}>
          <Shield aria-label="guardrail hits" />
          {session.guardrailHits}
        </span>
      )}
    </span>
  )
}

export const sessionLabel = (session: SessionItem): string =>
  [session.agent, session.outcome.replaceAll('_', ' '), session.id].filter(Boolean).join(', ')
