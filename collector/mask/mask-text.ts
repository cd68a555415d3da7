import type { Found } from './findings.ts'
import { maskJson } from './mask-json.ts'
import type { MaskingPolicy } from './policy.ts'
import { TRIGGER, triggersOf } from './triggers.ts'

/** What was found so far: by detector as bits, and how often. */
export class Findings {
  readonly #policy: MaskingPolicy
  readonly counts: number[]
  /** Detectors that found something since `takeBits`. */
  #bits = 0

  constructor(policy: MaskingPolicy) {
    this.#policy = policy
    this.counts = policy.detectors.map(() => 0)
  }

  add(detector: number): void {
    this.#bits |= 1 << detector
    this.counts[detector]!++
  }

  takeBits(): number {
    const bits = this.#bits
    this.#bits = 0
    return bits
  }

  /** Finding → how often, without those that were not found. */
  totals(): Record<string, number> {
    return Object.fromEntries(
      this.#policy.detectors.flatMap(({ finding }, i) => (this.counts[i]! > 0 ? [[finding, this.counts[i]!]] : [])),
    )
  }
}

/** Inside an id of a call no digits are looked for: providers give out ids that look like anything (`mask-json.ts`). */
export type Reading = 'all' | 'id'

/** JSON inside JSON inside JSON: deeper than this it is read as plain text. */
const DEPTH_MAX = 12

/** The same string object where nothing was found. JSON stays JSON: its strings are masked one by one. */
export const maskText = (
  text: string,
  policy: MaskingPolicy,
  findings: Findings,
  reading: Reading = 'all',
  depth = 0,
): string => {
  if (text.length < CHARS_MIN && !policy.readsAll) return text
  const triggers = triggersOf(text) & policy.triggers
  if (triggers === 0 && !policy.readsAll && !isWanted(text, policy)) return text
  if (depth < DEPTH_MAX && looksLikeJson(text)) {
    const masked = maskJson(text, triggers, (inner, how) => maskText(inner, policy, findings, how, depth + 1))
    if (masked !== undefined) return masked
  }
  return maskPlain(text, triggers, policy, findings, reading)
}

/** `a@b.cd` */
const CHARS_MIN = 6

const isWanted = (text: string, { detectors }: MaskingPolicy): boolean =>
  detectors.some(({ wants }) => wants?.(text) ?? false)

/** An object, a list or a string of JSON, or one line of it with space around. */
const looksLikeJson = (text: string): boolean => /^\s*["[{]/.test(text)

const DIGIT_KINDS = TRIGGER.digits | TRIGGER.plus | TRIGGER.iban

const ESCAPED = /\\u00([2-7][0-9a-f])/gi

interface Claim extends Found {
  readonly detector: number
}

const maskPlain = (
  text: string,
  triggers: number,
  policy: MaskingPolicy,
  findings: Findings,
  reading: Reading,
): string => {
  // JSON that was cut is none; what it escaped must be found all the same, and is then written out.
  const plain =
    triggers & TRIGGER.escape
      ? text.replaceAll(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : text
  if (plain !== text) {
    const masked = maskPlain(plain, triggersOf(plain) & policy.triggers & ~TRIGGER.escape, policy, findings, reading)
    return masked === plain ? text : masked
  }
  const shown = reading === 'id' ? triggers & ~DIGIT_KINDS : triggers
  const claims: Claim[] = []
  policy.detectors.forEach((detector, index) => {
    if (detector.wants ? !detector.wants(text) : (detector.triggers & shown) === 0) return
    for (const found of detector.find(text)) claims.push({ ...found, detector: index })
  })
  if (claims.length === 0) return text
  return replaced(text, settled(claims), policy, findings)
}

/** Of two claims that overlap the one of the surer detector stays; in order of the text. */
const settled = (claims: readonly Claim[]): readonly Claim[] => {
  const inOrder = claims.toSorted((a, b) => a.start - b.start || a.detector - b.detector || b.end - a.end)
  const kept: Claim[] = []
  for (const claim of inOrder) {
    const last = kept.at(-1)
    if (!last || claim.start >= last.end) kept.push(claim)
    // Both are to be hidden: what reaches further is hidden under the surer name.
    else
      kept[kept.length - 1] = {
        ...(claim.detector < last.detector ? claim : last),
        start: last.start,
        end: Math.max(last.end, claim.end),
      }
  }
  return kept
}

const replaced = (text: string, claims: readonly Claim[], policy: MaskingPolicy, findings: Findings): string => {
  const parts: string[] = []
  let from = 0
  let dropped: string | undefined
  for (const { start, end, normal, detector } of claims) {
    findings.add(detector)
    const place = policy.placeOf(detector, normal ?? text.slice(start, end))
    if (place.whole) dropped ??= place.text
    parts.push(text.slice(from, start), place.text)
    from = end
  }
  return dropped ?? parts.join('') + text.slice(from)
}
