import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { ReplaySearch } from '../search/replay.ts'
import { formatCount } from '../util/format.ts'
import { Logs } from './Logs.tsx'
import type { ReplayModel } from './model.ts'
import styles from './replay.module.css'
import type { UpdateSearch } from './use-url-position.ts'

const TraceView = lazy(() => import('../trace/TraceView.tsx').then((m) => ({ default: m.TraceView })))

interface TabsProps {
  readonly model: ReplayModel
  readonly search: ReplaySearch
  readonly update: UpdateSearch
  readonly children: ReactNode
  readonly inspector?: ReactNode
}

type TabName = NonNullable<ReplaySearch['tab']> | 'step'

export const MainTabs = ({ model, search, update, children, inspector }: TabsProps) => {
  const [stepTab, setStepTab] = useState(false)
  // The timeline's zoom counts from the session's start, a trace's from its own: they do not share the URL's.
  const [zoom, setZoom] = useState<string>()
  const updateTrace: UpdateSearch = (change) => {
    if ('zoom' in change) setZoom(change.zoom)
    const { zoom: _, ...rest } = change
    if (Object.keys(rest).length > 0) update(rest)
  }
  const shown: TabName = stepTab && inspector ? 'step' : (search.tab ?? 'transcript')
  const traceId = search.run ?? model.session.traceIds[0] ?? ''
  const names: readonly TabName[] = ['transcript', 'trace', 'logs', ...(inspector ? (['step'] as const) : [])]
  const choose = (name: TabName) => {
    setStepTab(name === 'step')
    if (name !== 'step') update({ tab: name === 'transcript' ? undefined : name })
  }
  return (
    <section className={styles.main} aria-label="Recording">
      <div className={styles.tabs}>
        <div role="tablist" aria-label="Views of the recording">
          {names.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`tab-${name}`}
              aria-selected={shown === name}
              aria-controls="replay-view"
              tabIndex={shown === name ? 0 : -1}
              onClick={() => choose(name)}
              onKeyDown={(event) => {
                const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
                if (by === undefined) return
                event.preventDefault()
                event.stopPropagation()
                const next = names[(names.indexOf(name) + by + names.length) % names.length]!
                choose(next)
                document.getElementById(`tab-${next}`)?.focus()
              }}
            >
              {name[0]!.toUpperCase() + name.slice(1)}
              {name === 'trace' && <span className="faint num"> {formatCount(model.session.spans)}</span>}
            </button>
          ))}
        </div>
        {shown !== 'transcript' && shown !== 'step' && model.session.traceIds.length > 1 && (
          <select
            className="btn"
            aria-label="Trace of the session"
            value={traceId}
            onChange={(event) => update({ run: event.target.value })}
          >
            {model.session.traceIds.map((id, i) => (
              <option key={id} value={id}>
                trace {i + 1} · {id.slice(0, 8)}
              </option>
            ))}
          </select>
        )}
      </div>
      <div className={styles.view} role="tabpanel" id="replay-view" aria-labelledby={`tab-${shown}`}>
        {shown === 'transcript' && children}
        {shown === 'logs' && <Logs traceId={traceId} originNanos={model.rec.originNanos} />}
        {shown === 'step' && inspector}
        {shown === 'trace' && (
          <Suspense>
            <TraceView traceId={traceId} search={{ ...search, zoom }} update={updateTrace} embedded />
          </Suspense>
        )}
      </div>
    </section>
  )
}
