type Random = () => number

const LONG = 'x'.repeat(70_000)
const DEEP = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown
const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  -(2 ** 63),
  '',
  ' ',
  '0',
  '-1',
  '18446744073709551616',
  'NaN',
  'Infinity',
  '1e999',
  '\ud800',
  '\u0000',
  '__proto__',
  LONG,
  [],
  {},
  [[]],
  [null],
  { values: null },
  { stringValue: 1 },
  { intValue: 'x' },
  { arrayValue: { values: [{}] } },
  { kvlistValue: { values: [{ key: 1 }] } },
  { bytesValue: '!' },
  DEEP,
]

/** One to three values of the document replaced, moved, repeated or taken away; it stays JSON. */
export const mutateJsonTree = (body: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> => {
  const root = JSON.parse(Buffer.from(body).toString('utf8')) as unknown
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) mutateOne(root, random)
  return Uint8Array.from(Buffer.from(JSON.stringify(root)))
}

const mutateOne = (root: unknown, random: Random): void => {
  let at: unknown = root
  for (;;) {
    if (typeof at !== 'object' || at === null) return
    const holder = at as Record<string, unknown>
    const keys = Object.keys(holder)
    const key = keys[Math.floor(random() * keys.length)]
    if (key === undefined) return
    const value = holder[key]
    const isInner = typeof value === 'object' && value !== null
    if (isInner && random() < 0.85) {
      at = value
      continue
    }
    const what = random()
    if (what < 0.55) holder[key] = structuredClone(STRANGE[Math.floor(random() * STRANGE.length)])
    else if (what < 0.7) delete holder[key]
    else if (what < 0.8) holder[`${key}${Math.floor(random() * 10)}`] = structuredClone(value)
    else if (what < 0.9) holder[keys[Math.floor(random() * keys.length)]!] = structuredClone(value)
    else if (Array.isArray(at))
      at.push(...Array.from({ length: Math.floor(random() * 50) }, () => structuredClone(value)))
    else holder[key] = [value]
    return
  }
}
