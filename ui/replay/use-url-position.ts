import { useEffect, useRef } from 'react'
import type { ReplaySearch } from '../search/replay.ts'
import type { ReplayModel } from './model.ts'
import type { Playback } from './playback.ts'
import { currentIndex } from './use-playback.ts'

export type UpdateSearch = (change: Partial<ReplaySearch>) => void

/** A position that rests this long is written to the URL: one replaced entry a pause, never one a frame. */
const REST_MS = 200

/** Keeps `?step=` and `?at=` and the playback together: the URL moves the playback when it changes, a resting playback the URL. */
export const useUrlPosition = (
  playback: Playback,
  model: ReplayModel,
  { step, at }: ReplaySearch,
  update: UpdateSearch,
): void => {
  const written = useRef<string>(undefined)
  useEffect(() => {
    const key = `${step}/${at}`
    if (written.current === key) return
    const index = step === undefined ? undefined : model.rec.indexBySeq.get(step)
    // The step may be on a page that is still to come; this runs again when it is there.
    if (step !== undefined && index === undefined) return
    written.current = key
    if (index !== undefined) playback.pin(index, at ?? model.rec.startMs[index]!)
    else if (at !== undefined) playback.seek(at)
  }, [playback, model, step, at])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const write = () => {
      if (playback.playing() || playback.scrubbing()) return
      const seq = model.rec.steps[currentIndex(playback, model.rec)]?.seq
      const position = Math.round(playback.positionMs())
      const key = `${seq}/${position}`
      if (key === written.current || (written.current === undefined && position === 0 && playback.pinned() < 0)) return
      written.current = key
      update({ step: seq, at: position })
    }
    const unsubscribe = playback.subscribe(() => {
      clearTimeout(timer)
      timer = setTimeout(write, REST_MS)
    })
    return () => {
      clearTimeout(timer)
      unsubscribe()
    }
  }, [playback, model, update])
}
