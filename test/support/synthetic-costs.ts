import { DAY_MS, weekdayOf } from '../../schema/model/period.ts'
import { seededRandom } from './seeded-random.ts'

/** What a project spends, hour by hour, made up from a seed: what forecasts and anomalies are judged by. */
export interface CostWorld {
  readonly name: string
  /** Dollars of a usual day. */
  readonly perDay: number
  /** Monday first. */
  readonly weekday: readonly number[]
  /** Growth a day: 0.005 is half a percent. */
  readonly trend: number
  /** Standard deviation of the logarithm of a day and of an hour. */
  readonly dayNoise: number
  readonly hourNoise: number
  /** Standard deviation of the logarithm by which the level wanders from day to day. */
  readonly wander: number
  /** Chance of a day to cost several times as much. */
  readonly spikes: number
  /** The last two days of a month cost so much more. */
  readonly monthEnd: number
  /** Days, counted from the first, on which there was almost nothing. */
  readonly outage: readonly number[]
}

const OFFICE = [1.15, 1.2, 1.2, 1.15, 1.05, 0.65, 0.6]
const EVEN = [1, 1, 1, 1, 1, 1, 1]
const world = (name: string, given: Partial<CostWorld>): CostWorld => ({
  name,
  perDay: 400,
  weekday: OFFICE,
  trend: 0,
  dayNoise: 0.1,
  hourNoise: 0.2,
  wander: 0,
  spikes: 0,
  monthEnd: 1,
  outage: [],
  ...given,
})

export const WORLDS: readonly CostWorld[] = [
  world('steady', { weekday: EVEN }),
  world('office week', {}),
  world('loud', { dayNoise: 0.35, hourNoise: 0.5 }),
  world('growing', { trend: 0.004 }),
  world('shrinking', { trend: -0.004 }),
  world('wandering', { wander: 0.03 }),
  world('with spikes', { spikes: 0.05 }),
  world('with an outage', { outage: [40, 41, 42] }),
  world('dear month ends', { monthEnd: 1.6 }),
  world('small', { perDay: 3, dayNoise: 0.3, hourNoise: 0.8 }),
]

/** Dollars per hour of `dayCount` days from a midnight on. */
export const drawHours = (of: CostWorld, seed: number, firstDayMs: number, dayCount: number): number[] => {
  const random = seededRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const hours: number[] = []
  let wandered = 0
  for (let day = 0; day < dayCount; day++) {
    const dayMs = firstDayMs + day * DAY_MS
    wandered += of.wander * normal()
    const spike = random() < of.spikes ? 2 + 2 * random() : 1
    const monthEnd = new Date(dayMs + 2 * DAY_MS).getUTCMonth() !== new Date(dayMs).getUTCMonth() ? of.monthEnd : 1
    const outage = of.outage.includes(day) ? 0.02 : 1
    const size =
      of.perDay *
      of.weekday[weekdayOf(dayMs)]! *
      (1 + of.trend) ** day *
      Math.exp(wandered + of.dayNoise * normal()) *
      spike *
      monthEnd *
      outage
    for (let hour = 0; hour < 24; hour++)
      hours.push(
        ((size * (1 + 0.8 * Math.sin(((hour - 8) / 24) * 2 * Math.PI))) / 24) * Math.exp(of.hourNoise * normal()),
      )
  }
  return hours
}
