/** A moment of a recording as players show it: `0:52`, `1:03:07`; with `decimals`, `0:52.310`. */
export const clock = (ms: number, decimals = 0): string => {
  const unit = 10 ** decimals
  const total = Math.floor((Math.max(0, ms) / 1000) * unit + 1e-6) / unit
  const seconds = (total % 60).toFixed(decimals).padStart(decimals ? 3 + decimals : 2, '0')
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${minutes}:${seconds}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`
}

/** The same for a voice: `1 minute 3 seconds of 2 minutes`. */
export const spokenClock = (ms: number): string => {
  const total = Math.floor(Math.max(0, ms) / 1000)
  const parts = [
    [Math.floor(total / 3600), 'hour'],
    [Math.floor(total / 60) % 60, 'minute'],
    [total % 60, 'second'],
  ] as const
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`)
  return said.length === 0 ? '0 seconds' : said.join(' ')
}
