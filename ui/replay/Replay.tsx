import { useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import type { Run } from '../../schema/api/shapes.ts'
import { copyText } from '../components/CopyButton.tsx'
import { stringifySearch } from '../search/codec.ts'
import type { ReplaySearch } from '../search/replay.ts'
import { NARROW, useMedia } from '../util/use-media.ts'
import { LiveRegion } from './LiveRegion.tsx'
import { Logs } from './Logs.tsx'
import { MARK_KINDS, type MarkKind, nextMark } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { ReplayHeader } from './ReplayHeader.tsx'
import styles from './replay.module.css'
import { StepInspector } from './StepInspector.tsx'
import { Timeline } from './Timeline.tsx'
import { rowShowing, Transcript } from './Transcript.tsx'
import { agentsAround, transcriptRows } from './transcript.ts'
import { currentIndex, PlaybackContext, type TimelineView, useCurrentIndex, usePlayback } from './use-playback.ts'
import { useReplayKeys } from './use-replay-keys.ts'
import { useUrlPosition } from './use-url-position.ts'
import { WhyBanner } from './WhyBanner.tsx'
import { parseZoom, writeZoom } from './zoom.ts'

const TraceView = lazy(() => import('../trace/TraceView.tsx').then((m) => ({ default: m.TraceView })))

interface Props {
  readonly model: ReplayModel
  readonly runs: readonly Run[]
  readonly search: ReplaySearch
  /** More steps are being loaded. */
  readonly loading: boolean
}

export type UpdateSearch = (change: Partial<ReplaySearch>) => void

/** A recording with everything around it. The URL holds the view; the playback holds the position while it moves. */
export const Replay = ({ model, runs, search, loading }: Props) => {
  const { rec } = model
  const playback = usePlayback(search.at ?? 0)
  useEffect(() => playback.extend(rec.durationMs, model.scale.gaps), [playback, rec, model.scale])
  const navigate = useNavigate()
  const update: UpdateSearch = useCallback(
    (change) =>
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  useUrlPosition(playback, model, search, update)
  const current = useCurrentIndex(playback, rec)
  const folds = useFolds(model, current)
  const rows = useMemo(() => transcriptRows(rec, model.owner, folds.open), [rec, model.owner, folds.open])
  const select = useCallback((index: number) => playback.pin(index, rec.startMs[index]!), [playback, rec])
  const kinds = useMemo(() => markKinds(search.marks), [search.marks])
  const view = useView(model, search.zoom)
  const zoom = useCallback(
    (range: readonly [number, number] | undefined) => update({ zoom: writeZoom(range, rec.durationMs) }),
    [update, rec.durationMs],
  )
  const jump = (direction: 1 | -1, kind?: MarkKind) => {
    const mark = nextMark(model.marks, currentIndex(playback, rec), direction, kind ? new Set([kind]) : kinds)
    if (mark) select(mark.index)
  }
  const stepBy = (direction: 1 | -1) => {
    const row = rows[rowShowing(model, rows, currentIndex(playback, rec)) + direction]
    if (row) select(row.index)
  }
  const [note, setNote] = useState('')
  const copyLink = () => {
    const link = linkTo(search, {
      step: rec.steps[currentIndex(playback, rec)]?.seq,
      at: Math.round(playback.positionMs()),
    })
    copyText(link).then(
      () => setNote('Link copied'),
      () => setNote('The browser did not allow copying; the address bar holds the same link'),
    )
  }
  useReplayKeys({ model, playback, rows, folds, jump, stepBy, copyLink, zoom, view })
  const toggleKind = (kind: MarkKind) => {
    const next = MARK_KINDS.filter((k) => kinds.has(k) !== (k === kind))
    update({ marks: next.length === MARK_KINDS.length ? undefined : next.length === 0 ? ['none'] : next })
  }
  const inspector = (
    <StepInspector
      model={model}
      pane={search.pane}
      onPane={(pane) => update({ pane })}
      onSelect={select}
      onCopyLink={copyLink}
    />
  )
  return (
    <PlaybackContext value={playback}>
      <div className={styles.page}>
        <ReplayHeader model={model} runs={runs} onCopyLink={copyLink}>
          <WhyBanner model={model} onSelect={select} />
        </ReplayHeader>
        <Panes
          main={(narrow) => (
            <MainTabs model={model} search={search} update={update} {...(narrow ? { inspector } : {})}>
              <Transcript model={model} rows={rows} onSelect={select} onFold={folds.toggle} loading={loading} />
            </MainTabs>
          )}
          inspector={inspector}
          timeline={
            <Timeline
              model={model}
              view={view}
              spans={model.session.spans}
              kinds={kinds}
              onToggleKind={toggleKind}
              onJump={jump}
              onSelect={select}
              onZoom={zoom}
            />
          }
        />
        <LiveRegion model={model} note={note} />
      </div>
    </PlaybackContext>
  )
}

/** Kinds in the URL; an unknown word there means none of the known ones, which is how "none" is written. */
const markKinds = (marks: readonly string[] | undefined): ReadonlySet<MarkKind> =>
  new Set(marks ? MARK_KINDS.filter((kind) => marks.includes(kind)) : MARK_KINDS)

const linkTo = (search: ReplaySearch, change: Partial<ReplaySearch>): string => {
  const scope = new URLSearchParams(location.search)
  const kept = Object.fromEntries([...scope.keys()].map((key) => [key, scope.getAll(key)]))
  return `${location.origin}${location.pathname}${stringifySearch({ ...kept, ...search, ...change })}`
}

const useView = (model: ReplayModel, zoom: string | undefined): TimelineView =>
  useMemo(() => {
    const [fromMs, toMs] = parseZoom(zoom, model.rec.durationMs) ?? [0, model.rec.durationMs]
    return { scale: model.scale, fromMs, toMs }
  }, [model, zoom])

export interface Folds {
  readonly open: ReadonlySet<number>
  readonly toggle: (handoff: number) => void
  readonly all: (open: boolean) => void
}

/** Which sub-agents are open: those opened by hand, and those around the step that is looked at. */
const useFolds = (model: ReplayModel, current: number): Folds => {
  const { owner, rec } = model
  const [byHand, setByHand] = useState<ReadonlySet<number>>(new Set())
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set())
  const around = agentsAround(owner, current).join()
  const open = useMemo(() => {
    const needed = around === '' ? [] : around.split(',').map(Number)
    return new Set([...byHand, ...needed].filter((h) => !closed.has(h)))
  }, [byHand, closed, around])
  const toggle = useCallback(
    (handoff: number) => {
      const shut = open.has(handoff)
      setByHand((before) => new Set(shut ? [...before].filter((h) => h !== handoff) : [...before, handoff]))
      setClosed((before) => new Set(shut ? [...before, handoff] : [...before].filter((h) => h !== handoff)))
    },
    [open],
  )
  const all = useCallback(
    (wanted: boolean) => {
      const agents = rec.steps.flatMap((s, i) => (s.handoff?.subAgent ? [i] : []))
      setByHand(new Set(wanted ? agents : []))
      setClosed(new Set(wanted ? [] : agents))
    },
    [rec],
  )
  return { open, toggle, all }
}

interface PanesProps {
  readonly main: (narrow: boolean) => ReactNode
  readonly inspector: ReactNode
  readonly timeline: ReactNode
}

/** Panes remember their size; on a phone they stack and the inspector becomes a tab. */
const Panes = ({ main, inspector, timeline }: PanesProps) => {
  const narrow = useMedia(NARROW)
  const rows = useDefaultLayout({ id: 'replay-rows', storage: localStorage })
  const columns = useDefaultLayout({ id: 'replay-columns', storage: localStorage })
  if (narrow) {
    return (
      <div className={styles.stack}>
        {main(true)}
        <div className={styles.dock}>{timeline}</div>
      </div>
    )
  }
  return (
    <Group
      orientation="vertical"
      className={styles.panes ?? ''}
      defaultLayout={rows.defaultLayout}
      onLayoutChanged={rows.onLayoutChanged}
    >
      <Panel id="top" minSize="30%">
        <Group orientation="horizontal" defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
          <Panel id="main" minSize="320px">
            {main(false)}
          </Panel>
          <Separator className={styles.vertical} aria-label="Width of the inspector" />
          <Panel id="inspector" defaultSize="424px" minSize="260px">
            {inspector}
          </Panel>
        </Group>
      </Panel>
      <Separator className={styles.horizontal} aria-label="Height of the timeline" />
      <Panel id="timeline" defaultSize="232px" minSize="128px">
        {timeline}
      </Panel>
    </Group>
  )
}

interface TabsProps {
  readonly model: ReplayModel
  readonly search: ReplaySearch
  readonly update: UpdateSearch
  readonly children: ReactNode
  readonly inspector?: ReactNode
}

type TabName = NonNullable<ReplaySearch['tab']> | 'step'

const MainTabs = ({ model, search, update, children, inspector }: TabsProps) => {
  const [stepTab, setStepTab] = useState(false)
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
              {name === 'trace' && <span className="faint num"> {model.session.spans}</span>}
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
            <TraceView traceId={traceId} search={search} update={update} embedded />
          </Suspense>
        )}
      </div>
    </section>
  )
}
