import { type KeyBinding, useKeys } from '../shell/keys.ts'
import type { MarkKind } from './marks.ts'
import type { ReplayModel } from './model.ts'
import type { Playback } from './playback.ts'
import { rowShowing } from './Transcript.tsx'
import type { TranscriptRow } from './transcript.ts'
import type { Folds } from './use-folds.ts'
import { currentIndex, type TimelineView } from './use-playback.ts'

interface Commands {
  readonly model: ReplayModel
  readonly playback: Playback
  readonly rows: readonly TranscriptRow[]
  readonly folds: Folds
  readonly view: TimelineView
  readonly jump: (direction: 1 | -1, kind?: MarkKind) => void
  readonly stepBy: (direction: 1 | -1) => void
  readonly copyLink: () => void
  readonly zoom: (range: readonly [number, number] | undefined) => void
}

/** The keys of a replay (screens.md, "Keys"). */
export const useReplayKeys = (c: Commands): void => useKeys('Replay', bindings(c))

const bindings = ({ model, playback, rows, folds, view, jump, stepBy, copyLink, zoom }: Commands): KeyBinding[] => {
  const seek = (direction: 1 | -1) =>
    playback.seek(playback.positionMs() + (direction * (view.toMs - view.fromMs)) / 50)
  const currentRow = () => rows[rowShowing(model, rows, currentIndex(playback, model.rec))]
  const foldOrSeek = (event: KeyboardEvent, direction: 1 | -1) => {
    if (isWidget(event.target)) return false
    const row = currentRow()
    // On a sub-agent's own line the arrows open and close it; everywhere else they seek.
    const onAgent = row?.agent && playback.pinned() === row.index && row.agent.open !== (direction === 1)
    if (onAgent) folds.toggle(row.index)
    else seek(direction)
  }
  return [
    { keys: ' ', label: 'Play or pause', run: (event) => (isControl(event.target) ? false : playback.toggle()) },
    { keys: 'j', label: 'Next step', run: () => stepBy(1) },
    { keys: 'k', label: 'Previous step', run: () => stepBy(-1) },
    { keys: 'n', label: 'Next mark', run: () => jump(1) },
    { keys: 'shift+n', label: 'Previous mark', run: () => jump(-1) },
    { keys: 'e', label: 'Next error', run: () => jump(1, 'error') },
    { keys: 'shift+e', label: 'Previous error', run: () => jump(-1, 'error') },
    { keys: 'ArrowRight', label: 'Forward, or unfold a sub-agent', run: (event) => foldOrSeek(event, 1) },
    { keys: 'ArrowLeft', label: 'Back, or fold a sub-agent', run: (event) => foldOrSeek(event, -1) },
    { keys: 'f', label: 'Fit the timeline', run: () => zoom(undefined) },
    { keys: '[', label: 'Fold all sub-agents', run: () => folds.all(false) },
    { keys: ']', label: 'Unfold all sub-agents', run: () => folds.all(true) },
    { keys: 'y', label: 'Copy link', run: copyLink },
    {
      keys: 'Escape',
      label: 'Pause, then let go of the step',
      run: () => (playback.playing() ? playback.pause() : playback.pinned() >= 0 ? playback.unpin() : false),
    },
  ]
}

/** A focused control keeps its own space bar; a step's line does not, or playing after choosing one would need a second hand. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('button, summary, a, [role=tab], [role=treeitem], label') !== null &&
  !target.closest('[data-step]')

const isWidget = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('[role=tab], [role=tree], [role=treegrid], [role=separator], [role=slider]') !== null
