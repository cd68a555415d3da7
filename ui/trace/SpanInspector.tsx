import { useQuery } from '@tanstack/react-query'
import { Link2, X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { LightSpan, Span } from '../../schema/api/shapes.ts'
import { spanQuery } from '../api/queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { JsonTree } from '../components/JsonTree.tsx'
import { KindChip, KindIcon } from '../components/KindChip.tsx'
import inspector from '../replay/inspector.module.css'
import { formatDuration, formatPercent } from '../util/format.ts'
import { MessageList } from './MessageList.tsx'
import { SpanDetail } from './SpanDetail.tsx'
import { SpanLogs } from './SpanLogs.tsx'

const CostExplanation = lazy(() => import('../costs/CostExplanation.tsx').then((m) => ({ default: m.CostExplanation })))

interface Props {
  readonly traceId: string
  readonly span: LightSpan
  readonly originNanos: bigint
  readonly selfMs: number
  /** How long this span was waited for, of how long in all. */
  readonly criticalMs: number
  readonly durationMs: number
  readonly pane: string | undefined
  readonly onPane: (pane: string) => void
  readonly onClose: () => void
  readonly onCopyLink: () => void
}

const PANES = ['detail', 'messages', 'cost', 'logs', 'raw'] as const

/** Whether anything of money can be said of it. */
const hasCost = (span: LightSpan): boolean => span.usage !== null || span.costUsd !== null

/** One span with everything, asked for when it is chosen. */
export const SpanInspector = (props: Props) => {
  const { traceId, span, pane, onPane, onClose, onCopyLink, selfMs, criticalMs, durationMs } = props
  const full = useQuery(spanQuery(traceId, span.spanId))
  const panes = PANES.filter((p) => p !== 'cost' || hasCost(span))
  const shown = panes.find((p) => p === pane) ?? 'detail'
  return (
    <section className={inspector.inspector} aria-label="Inspector">
      <header className={inspector.top}>
        <h2>
          <KindIcon kind={span.kind} failed={span.failed} size={20} />
          <span className="cut">{span.name}</span>
          <KindChip kind={span.kind} />
          {span.failed && (
            <span className="chip k k-error">
              <X aria-hidden /> failed
            </span>
          )}
          <span className="grow" />
          <button type="button" className="btn plain" aria-label="Copy link" title="Copy link (y)" onClick={onCopyLink}>
            <Link2 aria-hidden />
          </button>
          <button type="button" className="btn plain" aria-label="Close the inspector" onClick={onClose}>
            <X aria-hidden />
          </button>
        </h2>
        <p className="muted num">
          {formatDuration(Number(span.durationNanos) / 1e6)} · self {formatDuration(selfMs)}
          {criticalMs > 0 &&
            ` · waited for ${formatDuration(criticalMs)}, ${formatPercent(criticalMs / (durationMs || 1), 0)} of the trace`}
        </p>
      </header>
      <div className={inspector.body}>
        <Tabs selectedKey={shown} onSelectionChange={(key) => onPane(String(key))}>
          <TabList className={inspector.segments ?? ''} aria-label="Parts of the span">
            {panes.map((name) => (
              <Tab key={name} id={name} className={inspector.segment ?? ''}>
                {name[0]!.toUpperCase() + name.slice(1)}
              </Tab>
            ))}
          </TabList>
          <TabPanel key={shown} id={shown} className={inspector.panel ?? ''}>
            {shown === 'logs' ? (
              <SpanLogs traceId={traceId} spanId={span.spanId} startNanos={span.startNanos} />
            ) : shown === 'cost' ? (
              <Suspense
                fallback={<span className={`skeleton ${inspector.waiting}`} role="status" aria-label="Loading" />}
              >
                <CostExplanation traceId={traceId} spanId={span.spanId} />
              </Suspense>
            ) : full.error ? (
              <ErrorState error={full.error} subject="The span" onRetry={() => void full.refetch()} />
            ) : full.data ? (
              <Pane span={full.data} pane={shown} originNanos={props.originNanos} />
            ) : (
              <span className={`skeleton ${inspector.waiting}`} role="status" aria-label="Loading" />
            )}
          </TabPanel>
        </Tabs>
      </div>
    </section>
  )
}

const Pane = ({
  span,
  pane,
  originNanos,
}: {
  readonly span: Span
  readonly pane: string
  readonly originNanos: bigint
}) => {
  if (pane === 'raw') return <JsonTree text={JSON.stringify(span)} label="span" />
  if (pane === 'detail') return <SpanDetail span={span} originNanos={originNanos} />
  const none = span.inputMessages.length + span.outputMessages.length === 0
  if (none) return <p className="muted">This span carries no messages.</p>
  return (
    <>
      {span.inputMessages.length > 0 && <h3 className="eyebrow">In</h3>}
      <MessageList messages={span.inputMessages} />
      {span.outputMessages.length > 0 && <h3 className="eyebrow">Out</h3>}
      <MessageList messages={span.outputMessages} />
    </>
  )
}
