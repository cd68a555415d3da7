/** UTC dates of bills. A date without a year of four digits, or with slashes, could mean two days: it is refused. */
const DAY_MS = 86_400_000
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})$/i
const FIRST_MS = Date.UTC(2015, 0, 1)
const LAST_MS = Date.UTC(2100, 0, 1)

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
export const msOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`)
export const nextDay = (day: string): string => dayOf(msOfDay(day) + DAY_MS)
export const monthOf = (day: string): string => day.slice(0, 7)

/** First moment of a month and of the one after, in milliseconds. */
export const monthRange = (month: string): { readonly fromMs: number; readonly toMs: number } => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { fromMs: Date.UTC(year, number - 1, 1), toMs: Date.UTC(year, number, 1) }
}
export const lastDayOf = (month: string): string => dayOf(monthRange(month).toMs - DAY_MS)

/** A date, a time with its offset, or seconds since the epoch → UTC date. */
export const readDay = (given: string | number): string | undefined => {
  const text = String(given).trim()
  if (/^\d{9,10}$/.test(text)) return inRange(Number(text) * 1000)
  if (DATE.test(text)) {
    const day = inRange(msOfDay(text))
    return day === text ? day : undefined
  }
  return TIME.test(text) ? inRange(Date.parse(text.replace(' ', 'T').replace(/\s*UTC$/i, 'Z'))) : undefined
}

const inRange = (ms: number): string | undefined => (ms >= FIRST_MS && ms < LAST_MS ? dayOf(ms) : undefined)

/** The one day of a bucket; undefined: it is longer than a day or lies across midnight. */
export const dayOfBucket = (start: string | number, end: string | number | null | undefined): string | undefined => {
  const day = readDay(start)
  if (day === undefined || end === undefined || end === null || end === 0) return day
  const last = readDay(end)
  // The end is exclusive: midnight of the next day.
  return last === day || last === nextDay(day) ? day : undefined
}
