/** A zoomed range in the URL: `1200-5300`, milliseconds since the start, with decimals where traces are short. */
export const parseZoom = (text: string | undefined, durationMs: number): readonly [number, number] | undefined => {
  const found = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '')
  if (!found) return undefined
  const [from, to] = [Number(found[1]), Math.min(Number(found[2]), durationMs)]
  return to > from ? [from, to] : undefined
}

export const writeZoom = (range: readonly [number, number] | undefined, durationMs: number): string | undefined => {
  if (!range) return undefined
  const decimals = range[1] - range[0] < 100 ? 3 : 0
  return range.map((ms) => String(Number(Math.min(Math.max(0, ms), durationMs).toFixed(decimals)))).join('-')
}
