/**
 * Figures as text. A unit is set off by a no-break space, minus is U+2212, groups are commas: one manner everywhere, whatever the
 * browser's language, so that a figure read on the phone and one quoted in a ticket are the same string.
 */
const NBSP = '\u00a0'
const MINUS = '\u2212'

const grouped = (value: number, decimals = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })

/** 48210 → `48,210`. */
export const formatCount = (value: number): string => grouped(value)

/** For narrow places: 1240 → `1.2k`, 1240000 → `1.2M`. */
export const formatCompact = (value: number): string => {
  for (const [limit, unit] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= limit) return `${trimZero((value / limit).toFixed(value / limit < 100 ? 1 : 0))}${unit}`
  }
  return grouped(value)
}

/** Tokens stay exact below a million: an invoice is checked against them. */
export const formatTokens = (value: number): string => (value < 1e6 ? grouped(value) : formatCompact(value))

/**
 * Money with its significant digits: `$1,204.10`, `$0.0511`, `$0.00042`. From one dollar on cents; below, four decimals or as many as
 * two significant digits need. `amount` is a decimal string of the API or a number; NaN gives '—'.
 */
export const formatUsd = (amount: string | number): string => {
  const value = Number(amount)
  if (!Number.isFinite(value)) return '—'
  const size = Math.abs(value)
  const sign = value < 0 ? MINUS : ''
  if (size === 0 || size >= 1) return `${sign}$${grouped(size, 2)}`
  if (size < 1e-8) return `${sign}<$0.00000001`
  return `${sign}$${size.toFixed(Math.max(4, Math.min(9, 1 - Math.floor(Math.log10(size)))))}`
}

/** Milliseconds as `0.4 ms`, `320 ms`, `4.1 s`, `63 s`, `12 min`, `3 h 12 min`, `2 d 4 h`. */
export const formatDuration = (ms: number | null): string => {
  if (ms === null || !Number.isFinite(ms)) return '—'
  if (ms === 0) return `0${NBSP}ms`
  if (ms < 1) return `${ms.toFixed(ms < 0.1 ? 3 : 1)}${NBSP}ms`
  if (ms < 999.5) return `${Math.round(ms)}${NBSP}ms`
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)}${NBSP}s`
  if (seconds < 599.5) return `${Math.round(seconds)}${NBSP}s`
  return formatLong(Math.round(seconds / 60))
}

const formatLong = (minutes: number): string => {
  if (minutes < 60) return `${minutes}${NBSP}min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return two(hours, 'h', minutes % 60, 'min')
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const two = (a: number, unit: string, b: number, small: string) =>
  b === 0 ? `${a}${NBSP}${unit}` : `${a}${NBSP}${unit} ${b}${NBSP}${small}`

/** 0.864 → `86.4 %`; more decimals where the rate is small enough to need them. */
export const formatPercent = (ratio: number, decimals = 1): string => {
  const percent = ratio * 100
  if (percent > 0 && percent < 0.1) return percent < 0.01 ? `<0.01${NBSP}%` : `${percent.toFixed(2)}${NBSP}%`
  return `${percent.toFixed(decimals)}${NBSP}%`
}

/** A rate's interval as the mock writes it: `86.1–86.7`, without the unit, which stands at the value. */
export const formatInterval = ([low, high]: readonly [number, number]): string =>
  `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`

/** Bytes in binary units: `1.2 MiB`. */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)}${NBSP}${units[power]}`
}

export interface Delta {
  readonly text: string
  readonly direction: -1 | 0 | 1
  /** Large enough to be coloured: noise stays grey. */
  readonly notable: boolean
}

/** Relative changes below this are what weeks do by themselves, and of fewer runs than this any change is. */
const NOTABLE_PERCENT = 10
const NOTABLE_SAMPLE = 100

/**
 * Change of a figure against the period before, relative: `+31 %`, `−2 %`, `0 %`. Null where there was nothing to compare with. `sample` is the
 * number of runs behind the smaller of the two.
 */
export const relativeDelta = (
  now: number,
  before: number | null | undefined,
  sample = Number.POSITIVE_INFINITY,
): Delta | null => {
  if (before === null || before === undefined || before === 0 || !Number.isFinite(now / before)) return null
  const change = (now / before - 1) * 100
  if (Math.abs(change) >= 1000) {
    return { text: `×${formatCompact(Math.round(now / before))}`, direction: 1, notable: true }
  }
  return signed(Math.round(change), 0, '%', Math.abs(change) >= NOTABLE_PERCENT && sample >= NOTABLE_SAMPLE)
}

/** Change of a rate, in points: `−0.9 pt`; notable where the rate before lies outside the 95 % interval of this one. */
export const pointDelta = (
  now: number | null,
  before: number | null | undefined,
  interval: readonly [number, number] | null = null,
): Delta | null => {
  if (now === null || before === null || before === undefined) return null
  const notable = interval !== null && (before < interval[0] || before > interval[1])
  return signed(Math.round((now - before) * 1000) / 10, 1, 'pt', notable)
}

const signed = (change: number, decimals: number, unit: string, notable: boolean): Delta => {
  const direction = change > 0 ? 1 : change < 0 ? -1 : 0
  const sign = direction === 1 ? '+' : direction === -1 ? MINUS : ''
  return { text: `${sign}${Math.abs(change).toFixed(decimals)}${NBSP}${unit}`, direction, notable }
}

const trimZero = (text: string) => text.replace(/\.0$/, '')

/** `3 calls`, `1 call`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`
