import { useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Run } from '../../schema/api/shapes.ts'
import { copyText } from '../components/CopyButton.tsx'
import { stringifySearch } from '../search/codec.ts'
import type { ReplaySearch } from '../search/replay.ts'
import { LiveRegion } from './LiveRegion.tsx'
import { LooseSpan } from './LooseSpan.tsx'
import { MainTabs } from './MainTabs.tsx'
import { MARK_KINDS, type MarkKind, nextMark } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { Panes } from './Panes.tsx'
import { ReplayHeader } from './ReplayHeader.tsx'
import styles from './replay.module.css'
import { StepInspector } from './StepInspector.tsx'
import { Timeline } from './Timeline.tsx'
import { rowShowing, Transcript } from './Transcript.tsx'
import { transcriptRows } from './transcript.ts'
import { useFolds } from './use-folds.ts'
import { currentIndex, PlaybackContext, type TimelineView, timelineView, usePlayback } from './use-playback.ts'
import { useReplayKeys } from './use-replay-keys.ts'
import { type UpdateSearch, useUrlPosition } from './use-url-position.ts'
import { WhyBanner } from './WhyBanner.tsx'
import { parseZoom, writeZoom } from './zoom.ts'

interface Props {
  readonly model: ReplayModel
  readonly runs: readonly Run[]
  readonly search: ReplaySearch
  /** More steps are being loaded. */
  readonly loading: boolean
}

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
  const folds = useFolds(model, playback)
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
  // An object, so that saying the same thing twice is said twice.
  const [note, setNote] = useState({ text: '' })
  const copyLink = () => {
    const link = linkTo(search, {
      step: rec.steps[currentIndex(playback, rec)]?.seq,
      at: Math.round(playback.positionMs()),
    })
    copyText(link).then(
      () => setNote({ text: 'Link copied' }),
      () => setNote({ text: 'The browser did not allow copying; the address bar holds the same link' }),
    )
  }
  useReplayKeys({ model, playback, rows, folds, jump, stepBy, copyLink, zoom, view })
  const toggleKind = (kind: MarkKind) => {
    const next = MARK_KINDS.filter((k) => kinds.has(k) !== (k === kind))
    update({ marks: next.length === MARK_KINDS.length ? undefined : next.length === 0 ? ['none'] : next })
  }
  const traceId = search.run ?? model.session.traceIds[0] ?? ''
  const spanStep = search.tab === 'trace' && search.span ? stepOfSpan(model, traceId, search.span) : undefined
  useEffect(() => {
    if (spanStep !== undefined && spanStep >= 0) select(spanStep)
  }, [spanStep, select])
  const inspector =
    search.span && spanStep === -1 ? (
      <LooseSpan traceId={traceId} spanId={search.span} originNanos={rec.originNanos} />
    ) : (
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

/** The step that stands for a span; -1 for spans that are no step (a database call below a tool). */
const stepOfSpan = (model: ReplayModel, traceId: string, spanId: string): number =>
  Math.max(
    model.rec.steps.findIndex((s) => s.spanId === spanId && s.traceId === traceId && !s.message),
    model.rec.steps.findIndex((s) => s.spanId === spanId && s.traceId === traceId),
  )

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
    return timelineView(model.scale, fromMs, toMs)
  }, [model, zoom])
