import { formatDuration } from '../util/format.ts'
import { clock, spokenClock } from './clock.ts'
import type { Recording } from './recording.ts'

/** When a step was, in words: on the recording's clock, or how long after its end. A minute of a run and a day after it share no clock. */
export const momentText = (rec: Recording, index: number, decimals = 0): string =>
  index < rec.lateFrom
    ? clock(rec.startMs[index]!, decimals)
    : `${formatDuration(rec.startMs[index]! - rec.durationMs)} after the end`

/** For the column of times: `0:52`, `+2 h`. */
export const momentBrief = (rec: Recording, index: number): string =>
  index < rec.lateFrom ? clock(rec.startMs[index]!) : `+${largestUnit(rec.startMs[index]! - rec.durationMs)}`

export const spokenMoment = (rec: Recording, index: number): string =>
  index < rec.lateFrom
    ? `at ${spokenClock(rec.startMs[index]!)}`
    : `${spokenClock(rec.startMs[index]! - rec.durationMs)} after the end`

/** The first of a duration's units, cut and not rounded, as clocks do: `1 h 50 min` is `1 h`. */
const largestUnit = (ms: number): string => formatDuration(ms).split(' ')[0]!
