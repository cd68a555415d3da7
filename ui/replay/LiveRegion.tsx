import { useEffect, useState } from 'react'
import { failureOf } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { spokenMoment } from './moments.ts'
import styles from './replay.module.css'
import { stepNoun, stepTitle } from './step-words.ts'
import { useCurrentIndex, usePlaybackContext, usePlaybackValue } from './use-playback.ts'

/** Steps that pass in less time than a voice needs are not all read out: the last one that stays is. */
const SETTLE_MS = 400
const NOTE_MS = 2500

interface Said {
  readonly text: string
}

/** Says the step one is at, and what a command did; the latter for eyes too. */
export const LiveRegion = ({ model, note }: { readonly model: ReplayModel; readonly note: Said }) => {
  const playback = usePlaybackContext()
  const index = useCurrentIndex(playback, model.rec)
  const playing = usePlaybackValue(playback, playback.playing)
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(describe(model, index)), playing ? SETTLE_MS * 3 : SETTLE_MS)
    return () => clearTimeout(timer)
  }, [model, index, playing])
  return (
    <>
      <div className="sr" aria-live="polite" aria-label="Current step" role="status">
        {said}
      </div>
      <Note note={note} />
    </>
  )
}

const describe = (model: ReplayModel, index: number): string => {
  const step = model.rec.steps[index]
  if (!step) return ''
  const failure = failureOf(step)
  const what = `${stepNoun(step)} ${stepTitle(step)}${failure === undefined ? '' : `, failed: ${failure}`}`
  return `Step ${index + 1} of ${model.rec.steps.length}: ${what}, ${spokenMoment(model.rec, index)}`
}

const Note = ({ note }: { readonly note: Said }) => {
  const [shown, setShown] = useState('')
  useEffect(() => {
    setShown(note.text)
    const timer = setTimeout(() => setShown(''), NOTE_MS)
    return () => clearTimeout(timer)
  }, [note])
  return (
    <div className={styles.note} role="status" data-shown={shown !== '' || undefined}>
      {shown}
    </div>
  )
}
