const REPLACEMENT_BYTES = Buffer.from('\ufffd')

/** How many U+FFFD of `text` were put there by decoding `bytes`, rather than sent. */
export function countReplacements(text: string, bytes: Buffer): number {
  let count = 0
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count++
  for (let at = bytes.indexOf(REPLACEMENT_BYTES); at >= 0; at = bytes.indexOf(REPLACEMENT_BYTES, at + 3)) count--
  return count
}
