/** z of a two-sided 95 % interval: the 0.975 quantile of the normal distribution. */
export const Z_95 = 1.959963984540054

/**
 * Wilson's score interval of a proportion: good out of valid, both ends in [0, 1]; null where nothing was valid
 * (E. B. Wilson 1927; semantics.md §4 and §5).
 */
export const wilsonInterval = (good: number, valid: number, z = Z_95): [number, number] | null => {
  if (valid <= 0) return null
  const p = good / valid
  const z2 = z * z
  const scale = 1 / (1 + z2 / valid)
  const centre = (p + z2 / (2 * valid)) * scale
  const half = z * Math.sqrt((p * (1 - p)) / valid + z2 / (4 * valid * valid)) * scale
  // At 0 and at all the ends are exact; rounding would leave them a hair off.
  return [good === 0 ? 0 : Math.max(0, centre - half), good === valid ? 1 : Math.min(1, centre + half)]
}

/** The sample at which zero failures leave the lower bound at the target: below it no status can be given (semantics.md §4). */
export const sufficientSample = (target: number, z = Z_95): number => {
  let n = 1
  while ((wilsonInterval(n, n, z)?.[0] ?? 0) < target) n++
  return n
}
