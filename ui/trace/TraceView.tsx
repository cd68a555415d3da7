import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Trace } from '../../schema/api/shapes.ts'
import { isNotFound } from '../api/errors.ts'
import { traceQuery, traceStartQuery } from '../api/queries.ts'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { parseZoom, writeZoom } from '../replay/zoom.ts'
import type { ReplaySearch } from '../search/replay.ts'
import { useKeys } from '../shell/keys.ts'
import { formatCount } from '../util/format.ts'
import { ancestors, foldableRows, type Viewport, visibleIndex, visibleRows } from './layout.ts'
import { nextHit, searchRows } from './search.ts'
import { TraceMinimap } from './TraceMinimap.tsx'
import styles from './trace.module.css'
import { spanOf, type TraceModel, traceModel } from './trace-model.ts'
import { useTree } from './use-tree.ts'
import { Waterfall } from './Waterfall.tsx'

interface Props {
  readonly traceId: string
  readonly search: ReplaySearch
  readonly update: (change: Partial<ReplaySearch>) => void
  /** Inside a session's page: less room, and the page's own keys for marks. */
  readonly embedded?: boolean
  readonly onModel?: (model: TraceModel, trace: Trace) => void
}

/** Loads a trace and shows it as a waterfall. */
export const TraceView = (props: Props) => {
  const { traceId, onModel } = props
  const start = useQuery(traceStartQuery(traceId))
  const whole = useQuery({ ...traceQuery(traceId), enabled: start.data?.truncated === true })
  const trace = whole.data ?? start.data
  const { error, refetch } = start.error ? start : whole
  const built = useTree(trace?.spans)
  const model = useMemo(() => built && traceModel(built), [built])
  useEffect(() => {
    if (model && trace) onModel?.(model, trace)
  }, [model, trace, onModel])
  if (isNotFound(error)) {
    return (
      <EmptyState title="No trace has this id">
        It was never received, or its retention has passed. A trace appears about a second after its first span was
        acknowledged.
      </EmptyState>
    )
  }
  if (error && !model) return <ErrorState error={error} subject="The trace" onRetry={() => void refetch()} />
  if (!model || !trace) return <TraceSkeleton />
  return <Loaded {...props} model={model} truncated={whole.data?.truncated ?? false} />
}

const Loaded = ({
  search,
  update,
  embedded = false,
  model,
  truncated,
}: Props & { readonly model: TraceModel; readonly truncated: boolean }) => {
  const { tree } = model
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const [showCritical, setShowCritical] = useState(!embedded)
  const range = parseZoom(search.zoom, tree.durationMs)
  const view: Viewport = useMemo(
    () => ({ fromMs: range?.[0] ?? 0, toMs: range?.[1] ?? tree.durationMs }),
    [range?.[0], range?.[1], tree.durationMs],
  )
  const selected = (search.span === undefined ? undefined : model.rowBySpan.get(search.span)) ?? -1
  const hits = useMemo(() => searchRows(tree, model.spans, search.q ?? ''), [tree, model.spans, search.q])
  const hitSet = useMemo(() => new Set(hits), [hits])
  const unfoldAround = useCallback(
    (row: number) => setFolded((before) => without(before, ancestors(tree, row))),
    [tree],
  )
  useEffect(() => {
    if (selected >= 0) unfoldAround(selected)
  }, [selected, unfoldAround])
  const select = (row: number) => update({ span: spanOf(model, row).spanId })
  const fold = (row: number, closed: boolean) => {
    setFolded((before) => (closed ? new Set([...before, row]) : without(before, [row])))
    if (closed && selected > row && selected < tree.subtreeEnd[row]!) select(row)
  }
  const foldAll = (closed: boolean) => {
    setFolded(new Set(closed ? foldableRows(tree) : []))
    if (closed && selected >= 0 && tree.depth[selected]! > 1) select(ancestors(tree, selected).at(-2) ?? 0)
  }
  const zoom = (to: readonly [number, number] | undefined) => update({ zoom: writeZoom(to, tree.durationMs) })
  const jump = (among: readonly number[], direction: 1 | -1) => {
    const row = nextHit(among, selected, direction)
    if (row === undefined) return
    unfoldAround(row)
    select(row)
  }
  const move = (by: 1 | -1) => {
    const rows = visibleRows(tree, folded)
    const row = rows[visibleIndex(rows, selected) + by]
    if (row !== undefined) select(row)
  }
  const searchField = useRef<HTMLInputElement>(null)
  const bindings = [
    { keys: 'j', label: 'Next span', run: () => move(1) },
    { keys: 'k', label: 'Previous span', run: () => move(-1) },
    { keys: 'n', label: 'Next hit, or next error', run: () => jump(hits.length > 0 ? hits : model.failedRows, 1) },
    {
      keys: 'shift+n',
      label: 'Previous hit, or previous error',
      run: () => jump(hits.length > 0 ? hits : model.failedRows, -1),
    },
    { keys: 'e', label: 'Next error', run: () => jump(model.failedRows, 1) },
    { keys: '/', label: 'Search in trace', run: () => searchField.current?.focus() },
    { keys: 'c', label: 'Critical path', run: () => setShowCritical(!showCritical) },
    { keys: 'f', label: 'Fit the whole trace', run: () => zoom(undefined) },
    { keys: '[', label: 'Fold all', run: () => foldAll(true) },
    { keys: ']', label: 'Unfold all', run: () => foldAll(false) },
  ]
  useKeys('Trace', bindings)
  return (
    <div className={styles.view}>
      <div className={styles.toolbar} role="toolbar" aria-label="Trace">
        <SearchField
          field={searchField}
          query={search.q ?? ''}
          onQuery={(q) => update({ q: q || undefined })}
          count={hits.length}
          position={hits.indexOf(selected)}
          onJump={(direction) => jump(hits, direction)}
        />
        <span className="grow" />
        <button
          type="button"
          className={`btn ${styles.toggle}`}
          aria-pressed={showCritical}
          onClick={() => setShowCritical(!showCritical)}
        >
          Critical path
        </button>
        {model.failedRows.length > 0 && (
          <button type="button" className="btn" aria-label="Next error" onClick={() => jump(model.failedRows, 1)}>
            <X aria-hidden className="bad" /> <span className="num">{formatCount(model.failedRows.length)}</span>
          </button>
        )}
        <button type="button" className="btn" onClick={() => foldAll(folded.size === 0)}>
          {folded.size === 0 ? 'Fold all' : 'Unfold all'}
        </button>
        {range && (
          <button type="button" className="btn" onClick={() => zoom(undefined)}>
            Fit <kbd>f</kbd>
          </button>
        )}
      </div>
      {truncated && (
        <p className={`amber ${styles.notice}`}>
          This trace is longer than what is shown: its first {formatCount(tree.span.length)} spans.
        </p>
      )}
      <TraceMinimap model={model} view={view} showCritical={showCritical} onZoom={zoom} />
      <Waterfall
        model={model}
        view={view}
        folded={folded}
        onFold={fold}
        selected={selected}
        onSelect={select}
        hits={hitSet}
        showCritical={showCritical}
      />
    </div>
  )
}

const without = (set: ReadonlySet<number>, rows: readonly number[]): ReadonlySet<number> => {
  if (!rows.some((row) => set.has(row))) return set
  const next = new Set(set)
  for (const row of rows) next.delete(row)
  return next
}

interface SearchProps {
  readonly field: React.RefObject<HTMLInputElement | null>
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly count: number
  readonly position: number
  readonly onJump: (direction: 1 | -1) => void
}

const SearchField = ({ field, query, onQuery, count, position, onJump }: SearchProps) => (
  <search className={styles.search}>
    <Search className="i" aria-hidden />
    <input
      ref={field}
      type="search"
      aria-label="Search in trace"
      placeholder="Search in trace"
      value={query}
      onChange={(event) => onQuery(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onJump(event.shiftKey ? -1 : 1)
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
    {query !== '' && (
      <>
        <span className="muted num small" role="status">
          {position >= 0 ? `${position + 1} of ${count}` : `${count} found`}
        </span>
        <button type="button" aria-label="Previous hit" disabled={count === 0} onClick={() => onJump(-1)}>
          <ChevronUp className="i" aria-hidden />
        </button>
        <button type="button" aria-label="Next hit" disabled={count === 0} onClick={() => onJump(1)}>
          <ChevronDown className="i" aria-hidden />
        </button>
      </>
    )}
  </search>
)

const SKELETON_ROWS = [100, 34, 60, 22, 48, 70, 18, 40, 55, 30]

const TraceSkeleton = () => (
  <div className={styles.view} role="status" aria-label="Loading the trace">
    <div className={styles.toolbar} />
    <div className={styles.minimap} />
    {SKELETON_ROWS.map((width, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton have no identity.
      <div key={i} className={styles.skeleton}>
        <span className="skeleton" style={{ width: 180 - (i % 3) * 24, height: 12, marginLeft: (i % 3) * 16 }} />
        <span className="skeleton" style={{ width: `${width * 0.6}%`, height: 12, marginLeft: i * 12 }} />
      </div>
    ))}
  </div>
)
