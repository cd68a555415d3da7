import { useMemo } from 'react'
import type { Mark, MarkKind } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { momentText } from './moments.ts'
import { MARK_LOOKS } from './Transport.tsx'
import styles from './timeline.module.css'
import { useCurrentIndex, usePlaybackContext } from './use-playback.ts'

interface Props {
  readonly model: ReplayModel
  readonly kinds: ReadonlySet<MarkKind>
  readonly onSelect: (index: number) => void
}

const SHOWN_MAX = 9

/** What was said about the run after its end, gathered beside the time scale: on it, a score of the next day would squeeze the run to a line. */
export const LateMarks = ({ model, kinds, onSelect }: Props) => {
  const { rec } = model
  const late = useMemo(
    () => model.marks.filter((mark) => mark.index >= rec.lateFrom && kinds.has(mark.kind)),
    [model.marks, rec, kinds],
  )
  if (rec.lateFrom >= rec.steps.length) return null
  const rest = late[SHOWN_MAX]
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be drawn as one.
    <div className={styles.later} role="group" aria-label="After the end">
      <span className="faint">later</span>
      <div>
        {late.slice(0, SHOWN_MAX).map((mark) => (
          <LateMark key={`${mark.kind}${mark.index}`} model={model} mark={mark} onSelect={onSelect} />
        ))}
        {rest && (
          <button type="button" tabIndex={-1} className="num" onClick={() => onSelect(rest.index)}>
            +{late.length - SHOWN_MAX}
          </button>
        )}
      </div>
    </div>
  )
}

const LateMark = ({ model, mark, onSelect }: Omit<Props, 'kinds'> & { readonly mark: Mark }) => {
  const current = useCurrentIndex(usePlaybackContext(), model.rec) === mark.index
  const when = momentText(model.rec, mark.index)
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`k-${mark.bad ? 'error' : MARK_LOOKS[mark.kind].hue}`}
      data-current={current || undefined}
      title={`${mark.label}, ${when}`}
      aria-label={`${mark.kind} ${when}: ${mark.label}`}
      onClick={() => onSelect(mark.index)}
    >
      {mark.bad && mark.kind === 'score' ? MARK_LOOKS.error.icon : MARK_LOOKS[mark.kind].icon}
    </button>
  )
}
