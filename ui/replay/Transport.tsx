import { Check, ChevronLeft, Flag, Gauge, Hand, Pause, Play, RotateCcw, Split, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { plural } from '../util/format.ts'
import { clock } from './clock.ts'
import { MARK_KINDS, type Mark, type MarkKind } from './marks.ts'
import { SPEEDS, type Speed } from './playback.ts'
import styles from './timeline.module.css'
import { usePlaybackContext, usePlaybackValue } from './use-playback.ts'

interface Props {
  readonly durationMs: number
  readonly marks: readonly Mark[]
  readonly kinds: ReadonlySet<MarkKind>
  readonly onToggleKind: (kind: MarkKind) => void
  readonly onJump: (direction: 1 | -1, kind?: MarkKind) => void
}

/** Play, speed, where one is; and the way to the next thing worth seeing. */
export const Transport = ({ durationMs, marks, kinds, onToggleKind, onJump }: Props) => (
  <div className={styles.bar} role="toolbar" aria-label="Playback">
    <PlayButton />
    <Moment durationMs={durationMs} />
    <SpeedSelect />
    <SkipIdle />
    <span className="grow" />
    <span className={`muted ${styles.wide}`}>next</span>
    {MARK_KINDS.map((kind) => (
      <MarkButton key={kind} kind={kind} count={marks.filter((m) => m.kind === kind).length} onJump={onJump} />
    ))}
    <MarkFilter marks={marks} kinds={kinds} onToggle={onToggleKind} />
    <kbd className={styles.wide}>n</kbd>
  </div>
)

const PlayButton = () => {
  const playback = usePlaybackContext()
  const playing = usePlaybackValue(playback, playback.playing)
  return (
    <button
      type="button"
      className={styles.round}
      aria-label={playing ? 'Pause' : 'Play'}
      title="space"
      onClick={playback.toggle}
    >
      {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
    </button>
  )
}

const Moment = ({ durationMs }: { readonly durationMs: number }) => {
  const playback = usePlaybackContext()
  const decimals = durationMs < 10_000 ? 1 : 0
  const now = usePlaybackValue(playback, () => clock(playback.positionMs(), decimals))
  return (
    <span className={`num ${styles.moment}`}>
      <b>{now}</b> <span className="faint">/ {clock(durationMs, decimals)}</span>
    </span>
  )
}

const SpeedSelect = () => {
  const playback = usePlaybackContext()
  const speed = usePlaybackValue(playback, playback.speed)
  return (
    <select
      className={`btn num ${styles.speed}`}
      aria-label="Speed"
      value={speed}
      onChange={(event) => playback.setSpeed(Number(event.target.value) as Speed)}
    >
      {SPEEDS.map((s) => (
        <option key={s} value={s}>
          {s}×
        </option>
      ))}
    </select>
  )
}

const SkipIdle = () => {
  const playback = usePlaybackContext()
  const skips = usePlaybackValue(playback, playback.skipsIdle)
  return (
    <button
      type="button"
      className={`btn ${styles.toggle} ${styles.wide}`}
      aria-pressed={skips}
      title="Jump over stretches in which nothing worked"
      onClick={() => playback.setSkipsIdle(!skips)}
    >
      {skips && <Check aria-hidden />}Skip idle
    </button>
  )
}

export const MARK_LOOKS: Record<
  MarkKind,
  { readonly hue: string; readonly icon: ReactNode; readonly one: string; readonly many: string }
> = {
  error: { hue: 'error', icon: <X aria-hidden />, one: 'error', many: 'errors' },
  guardrail: { hue: 'guardrail', icon: <Flag aria-hidden />, one: 'guardrail hit', many: 'guardrail hits' },
  approval: { hue: 'approval', icon: <Hand aria-hidden />, one: 'approval', many: 'approvals' },
  score: { hue: 'evaluator', icon: <Check aria-hidden />, one: 'score', many: 'scores' },
  limit: { hue: 'warn', icon: <Gauge aria-hidden />, one: 'limit crossed', many: 'limits crossed' },
  retry: { hue: 'agent', icon: <RotateCcw aria-hidden />, one: 'retry', many: 'retries' },
  handoff: { hue: 'agent', icon: <Split aria-hidden />, one: 'handoff', many: 'handoffs' },
}

interface MarkButtonProps {
  readonly kind: MarkKind
  readonly count: number
  readonly onJump: Props['onJump']
}

/** Only kinds that occur have a button; the four of every run stay, so that nothing moves from run to run. */
const ALWAYS: ReadonlySet<MarkKind> = new Set(['error', 'guardrail', 'approval', 'score'])

const MarkButton = ({ kind, count, onJump }: MarkButtonProps) => {
  if (count === 0 && !ALWAYS.has(kind)) return null
  const { hue, icon, one, many } = MARK_LOOKS[kind]
  const title = plural(count, one, many)
  return (
    <span className={`${styles.jump} k-${hue}`} data-empty={count === 0 || undefined}>
      <button
        type="button"
        disabled={count === 0}
        aria-label={`Previous ${kind}`}
        title={title}
        onClick={() => onJump(-1, kind)}
      >
        <ChevronLeft aria-hidden />
      </button>
      <button
        type="button"
        disabled={count === 0}
        aria-label={`Next ${kind}, ${count} in all`}
        title={title}
        onClick={() => onJump(1, kind)}
      >
        {icon}
        <span className={styles.wide}>{kind}</span>
        <span className="num">{count}</span>
      </button>
    </span>
  )
}

const MarkFilter = ({
  marks,
  kinds,
  onToggle,
}: Pick<Props, 'marks' | 'kinds'> & { readonly onToggle: (kind: MarkKind) => void }) => (
  <details className={`${styles.filter} ${styles.wide}`}>
    <summary className="btn plain">
      {kinds.size === MARK_KINDS.length ? 'all marks' : plural(kinds.size, 'kind')}
      <span className="sr"> {kinds.size === MARK_KINDS.length ? 'shown' : 'of marks shown'}</span>
    </summary>
    <fieldset className={styles.menu}>
      <legend className="eyebrow">Marks shown, and visited by n</legend>
      {MARK_KINDS.map((kind) => (
        <label key={kind}>
          <input type="checkbox" checked={kinds.has(kind)} onChange={() => onToggle(kind)} />
          <span className={`k-${MARK_LOOKS[kind].hue} ${styles.glyph}`}>{MARK_LOOKS[kind].icon}</span>
          {kind}
          <span className="faint num">{marks.filter((m) => m.kind === kind).length}</span>
        </label>
      ))}
    </fieldset>
  </details>
)
