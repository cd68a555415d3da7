const Z95 = 1.959963984540054

/** 95 % Wilson interval of good / valid as [low, high] in 0…1; null without a sample. The server sends it with every Rate; this is for rates the page itself divides. */
export const wilson = (good: number, valid: number): [number, number] | null => {
  if (valid <= 0) return null
  const p = good / valid
  const z2 = Z95 * Z95
  const centre = (p + z2 / (2 * valid)) / (1 + z2 / valid)
  const half = (Z95 / (1 + z2 / valid)) * Math.sqrt((p * (1 - p)) / valid + z2 / (4 * valid * valid))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}
