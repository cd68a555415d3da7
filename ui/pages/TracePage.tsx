import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import type { Trace } from '../../schema/api/shapes.ts'
import { copyText } from '../components/CopyButton.tsx'
import { cachedText, Duration, Moment, Money } from '../components/values.tsx'
import panes from '../replay/replay.module.css'
import type { ReplaySearch } from '../search/replay.ts'
import { useKeys } from '../shell/keys.ts'
import { SpanInspector } from '../trace/SpanInspector.tsx'
import { TraceView } from '../trace/TraceView.tsx'
import styles from '../trace/trace.module.css'
import { spanOf, type TraceModel } from '../trace/trace-model.ts'
import { formatCount, plural } from '../util/format.ts'
import { NARROW, useMedia } from '../util/use-media.ts'

const route = getRouteApi('/traces/$traceId')

/** Where did the time and money go? */
export const TracePage = () => {
  const { traceId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const update = useCallback(
    (change: Partial<ReplaySearch>) =>
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const [loaded, setLoaded] = useState<{ readonly model: TraceModel; readonly trace: Trace }>()
  const onModel = useCallback((model: TraceModel, trace: Trace) => setLoaded({ model, trace }), [])
  const columns = useDefaultLayout({ id: 'trace-columns', storage: localStorage, panelIds: ['waterfall', 'inspector'] })
  const narrow = useMedia(NARROW)
  // The address bar holds the whole view: each change is written to it at once.
  const copyLink = () => void copyText(location.href).catch(() => undefined)
  useKeys('Trace page', [
    { keys: 'y', label: 'Copy link', run: copyLink },
    { keys: 'Escape', label: 'Close the inspector', run: () => (search.span ? update({ span: undefined }) : false) },
  ])
  const current = loaded?.trace.traceId === traceId ? loaded : undefined
  const row = current && search.span !== undefined ? current.model.rowBySpan.get(search.span) : undefined
  const inspector = current && row !== undefined && (
    <SpanInspector
      traceId={traceId}
      span={spanOf(current.model, row)}
      originNanos={current.model.tree.originNanos}
      selfMs={current.model.tree.selfMs[row]!}
      criticalMs={current.model.criticalMs.get(row) ?? 0}
      durationMs={current.model.tree.durationMs}
      pane={search.pane}
      onPane={(pane) => update({ pane })}
      onClose={() => update({ span: undefined })}
      onCopyLink={copyLink}
    />
  )
  const view = <TraceView key={traceId} traceId={traceId} search={search} update={update} onModel={onModel} />
  return (
    <div className={styles.page}>
      {current ? (
        <TraceHeader trace={current.trace} model={current.model} />
      ) : (
        <div className={styles.header} style={{ height: 83 }} />
      )}
      {narrow ? (
        <div className={styles.body}>
          {view}
          {inspector && <div className={styles.overlay}>{inspector}</div>}
        </div>
      ) : (
        <Group
          orientation="horizontal"
          className={styles.body ?? ''}
          defaultLayout={inspector ? columns.defaultLayout : undefined}
          onLayoutChanged={inspector ? columns.onLayoutChanged : undefined}
        >
          <Panel id="waterfall" minSize="360px">
            {view}
          </Panel>
          {inspector && (
            <>
              <Separator className={panes.vertical} aria-label="Width of the inspector" />
              <Panel id="inspector" defaultSize="424px" minSize="280px">
                {inspector}
              </Panel>
            </>
          )}
        </Group>
      )}
    </div>
  )
}

const TraceHeader = ({ trace, model }: { readonly trace: Trace; readonly model: TraceModel }) => {
  const cached = cachedText(trace.usage)
  return (
    <header className={styles.header}>
      <h1>
        <span className="cut">{trace.rootName || 'trace without a root'}</span>
        {trace.errorCount > 0 && (
          <span className="chip k k-error">
            <X aria-hidden /> {plural(trace.errorCount, 'error')}
          </span>
        )}
        <span className="grow" />
        {trace.sessionId && (
          <Link className="btn" to="/sessions/$id" params={{ id: trace.sessionId }}>
            Open session
          </Link>
        )}
      </h1>
      <ul className={`${styles.facts} num`} aria-label="Facts">
        <li>
          <b>
            <Duration ms={trace.durationMs} />
          </b>
          <span className="muted">
            <Moment time={trace.start} />
          </span>
        </li>
        <li>
          <b>
            <Money usd={trace.costUsd} status={trace.costStatus} />
          </b>
        </li>
        <li>
          <b>{formatCount(trace.usage.inputTotal + trace.usage.outputTotal)}</b>
          <span className="muted">tokens{cached && `, ${cached}`}</span>
        </li>
        <li>
          <b>{formatCount(trace.spanCount)}</b>
          <span className="muted">spans</span>
        </li>
        {trace.agent && (
          <li>
            <span className="muted">agent</span>
            <b>{trace.agent}</b>
          </li>
        )}
        <li>
          <span className="muted">service</span>
          <b>{trace.service}</b>
        </li>
        {trace.environment && (
          <li>
            <span className="muted">in</span>
            <b>{trace.environment}</b>
          </li>
        )}
        <Critical model={model} />
      </ul>
    </header>
  )
}

/** The one span that kept the trace from ending for longest. */
const Critical = ({ model }: { readonly model: TraceModel }) => {
  const [longest] = model.criticalMs
  if (!longest || model.tree.durationMs === 0) return null
  const [row, ms] = longest
  return (
    <li>
      <span className="muted">waited most for</span>
      <b>{spanOf(model, row).name}</b>
      <span className="muted">{Math.round((ms / model.tree.durationMs) * 100)} %</span>
    </li>
  )
}
