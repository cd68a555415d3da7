// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be virtualised by absolute rows; the treegrid's roles say the same.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and points at its row (aria-activedescendant).
import clsx from 'clsx'
import { ChevronDown, ChevronRight } from 'lucide-react'
import type { CSSProperties } from 'react'
import { KindIcon } from '../components/KindChip.tsx'
import { KIND_LOOKS } from '../components/kind.ts'
import { shortModel } from '../replay/step-words.ts'
import { formatCompact, formatDuration, formatUsd, plural } from '../util/format.ts'
import { barIn, type Viewport } from './layout.ts'
import styles from './trace.module.css'
import { spanOf, type TraceModel } from './trace-model.ts'
import { hasChildren, RowFlag } from './tree.ts'

export interface WaterfallProps {
  readonly model: TraceModel
  readonly view: Viewport
  readonly folded: ReadonlySet<number>
  readonly onFold: (row: number, folded: boolean) => void
  readonly selected: number
  readonly onSelect: (row: number) => void
  readonly hits: ReadonlySet<number>
  readonly showCritical: boolean
}

interface RowProps extends WaterfallProps {
  readonly row: number
  readonly index: number
  readonly top: number
  readonly ticks: readonly number[]
}

/** Deeper nesting stops moving to the right: the name has to stay readable. */
const INDENT_LEVELS_MAX = 18

export const WaterfallRow = ({
  model,
  view,
  folded,
  onFold,
  selected,
  onSelect,
  hits,
  showCritical,
  row,
  index,
  top,
  ticks,
}: RowProps) => {
  const { tree } = model
  const span = spanOf(model, row)
  const parent = hasChildren(tree, row)
  const closed = folded.has(row)
  const flags = tree.flags[row]!
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles keys for all its rows.
    <div
      id={rowId(row)}
      role="row"
      aria-level={tree.depth[row]! + 1}
      aria-rowindex={index + 1}
      aria-expanded={parent ? !closed : undefined}
      aria-selected={row === selected}
      data-hit={hits.has(row) || undefined}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(row)}
    >
      <span
        role="gridcell"
        className={styles.name}
        style={{ '--depth': Math.min(tree.depth[row]!, INDENT_LEVELS_MAX) } as CSSProperties}
      >
        {parent ? (
          <button
            type="button"
            tabIndex={-1}
            className={styles.fold}
            aria-label={closed ? 'Unfold' : 'Fold'}
            onClick={(event) => {
              event.stopPropagation()
              onFold(row, !closed)
            }}
          >
            {closed ? <ChevronRight aria-hidden /> : <ChevronDown aria-hidden />}
          </button>
        ) : (
          <span className={styles.fold} />
        )}
        <KindIcon kind={span.kind} failed={span.failed} size={18} />
        <span className={clsx('cut', span.failed && 'bad')}>{span.name}</span>
        {span.model && !span.name.includes(shortModel(span.model)) && (
          <span className="faint cut small">{span.model}</span>
        )}
        {closed && <span className="faint small num">+{tree.subtreeEnd[row]! - row - 1}</span>}
        {(flags & RowFlag.orphan) !== 0 && (
          <span className={styles.tag} title="The parent of this span was never received">
            no parent
          </span>
        )}
        {(flags & RowFlag.cycle) !== 0 && (
          <span className={styles.tag} title="The parents of this span form a circle; it was cut here">
            circle
          </span>
        )}
        <span className="sr">
          {KIND_LOOKS[span.kind].label}
          {span.failed && ', failed'}
          {(flags & RowFlag.failedInside) !== 0 && ', a span inside failed'}
        </span>
      </span>
      <span role="gridcell" className={clsx('cut muted', styles.second)}>
        {span.service}
      </span>
      <span role="gridcell" className={styles.track}>
        {ticks.map((ms) => (
          <i key={ms} className={styles.tick} style={{ left: `${place(view, ms)}%` }} />
        ))}
        <Bar model={model} view={view} row={row} showCritical={showCritical} />
      </span>
      <span role="gridcell" className={clsx('num', styles.right)}>
        {formatDuration(tree.endMs[row]! - tree.startMs[row]!)}
      </span>
      <span role="gridcell" className={clsx('num muted', styles.right, styles.second)}>
        {parent ? formatDuration(tree.selfMs[row]!) : ''}
      </span>
      <span role="gridcell" className={clsx('num muted', styles.right, styles.third)} title={tokensTitle(model, row)}>
        {span.usage && span.usageRole !== 'duplicate'
          ? formatCompact(span.usage.inputTotal + span.usage.outputTotal)
          : ''}
      </span>
      <span role="gridcell" className={clsx('num', styles.right, styles.third)}>
        {costText(model, row)}
      </span>
    </div>
  )
}

const tokensTitle = (model: TraceModel, row: number): string | undefined => {
  const { usage, usageRole } = spanOf(model, row)
  if (!usage) return undefined
  const role = usageRole === 'self' || usageRole === null ? '' : ` (${usageRole}: counted at the spans below)`
  return `${plural(usage.inputTotal, 'token')} in, ${plural(usage.outputTotal, 'token')} out${role}`
}

const costText = (model: TraceModel, row: number): string => {
  const { costUsd, costStatus } = spanOf(model, row)
  if (costStatus === 'unpriced') return 'no price'
  return costUsd === null || (costStatus === 'free' && Number(costUsd) === 0) ? '' : formatUsd(costUsd)
}

const percent = (share: number) => `${share * 100}%`

const Bar = ({ model, view, row, showCritical }: Pick<RowProps, 'model' | 'view' | 'row' | 'showCritical'>) => {
  const { tree } = model
  const span = spanOf(model, row)
  const bar = barIn(view, tree.startMs[row]!, tree.endMs[row]!)
  if (!bar) return null
  const firstToken =
    span.ttftMs === null ? undefined : barIn(view, tree.startMs[row]!, tree.startMs[row]! + span.ttftMs)
  return (
    <>
      <span
        className={clsx(styles.bar, `k-${span.failed ? 'error' : KIND_LOOKS[span.kind].hue}`)}
        style={{ left: percent(bar.left), width: percent(bar.width) }}
      />
      {firstToken && (
        <span
          className={styles.waiting}
          style={{ left: percent(firstToken.left), width: percent(firstToken.width) }}
          title="until the first token"
        />
      )}
      {showCritical &&
        model.critical.get(row)?.map((part) => {
          const own = barIn(view, part.fromMs, part.toMs)
          return (
            own && (
              <span
                key={part.fromMs}
                className={styles.critical}
                style={{ left: percent(own.left), width: percent(own.width) }}
              />
            )
          )
        })}
    </>
  )
}

export const rowId = (row: number): string => `span-row-${row}`

/** A moment's place in the viewport, in percent. */
export const place = (view: Viewport, ms: number): number => ((ms - view.fromMs) / (view.toMs - view.fromMs || 1)) * 100
