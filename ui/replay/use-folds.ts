import { useCallback, useMemo, useState } from 'react'
import type { ReplayModel } from './model.ts'
import type { Playback } from './playback.ts'
import { agentsAround } from './transcript.ts'
import { currentIndex, usePlaybackValue } from './use-playback.ts'

export interface Folds {
  readonly open: ReadonlySet<number>
  readonly toggle: (handoff: number) => void
  readonly all: (open: boolean) => void
}

/** Which sub-agents are open: those opened by hand, and those around the step that is looked at. */
export const useFolds = (model: ReplayModel, playback: Playback): Folds => {
  const { owner, rec } = model
  const [byHand, setByHand] = useState<ReadonlySet<number>>(new Set())
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set())
  // As text, so that a step that stays among the same agents renders nothing.
  const around = usePlaybackValue(playback, () => agentsAround(owner, currentIndex(playback, rec)).join())
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
