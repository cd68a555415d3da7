import { createHmac } from 'node:crypto'
import { customDetector } from './detect/custom.ts'
import { emails } from './detect/emails.ts'
import { cards, ibans, ssns } from './detect/numbers.ts'
import { phonesOf } from './detect/phones.ts'
import { apiKeys, bearerTokens, jwts, privateKeys, urlPasswords } from './detect/secrets.ts'
import { type Action, type Detector, FINDINGS, type Finding } from './findings.ts'
import { TRIGGER } from './triggers.ts'

/** What is masked in one project, as plain data: it crosses into the worker threads. */
export interface ProjectMasking {
  readonly actions: Readonly<Record<Finding, Action>>
  readonly custom: readonly {
    readonly name: string
    readonly pattern: string
    readonly when: string
    readonly action: Action
  }[]
  /** ISO 3166 codes, in whose way numbers without `+` are read; none: only those with `+` are found. */
  readonly phoneCountries: readonly string[]
  /** Session ids are examined too; otherwise they stay as they are, because runs are joined by them. */
  readonly sessionIds: boolean
}

/** Off where a project has no entry and there is no default. */
export interface Masking {
  readonly byDefault: ProjectMasking | undefined
  readonly projects: ReadonlyMap<number, ProjectMasking | undefined>
  /** Of this installation, for `hash`. */
  readonly secret: string
}

/** What is done, and how, compiled once per project and thread. */
export interface MaskingPolicy {
  readonly detectors: readonly Detector[]
  /** Triggers that are worth stopping for. */
  readonly triggers: number
  /** A custom pattern without `when`: every text is read. */
  readonly readsAll: boolean
  readonly sessionIds: boolean
  /** What stands in the place of finding number `detector`; for `drop`, in the place of the whole text. */
  readonly placeOf: (detector: number, value: string) => { readonly text: string; readonly whole: boolean }
  /** `Span.masking` of a span in which these detectors (bits) found something; of 0 where it was clean. */
  readonly labelOf: (found: number) => string
}

/** Hex digits of a hash: 64 bits, so that a million values do not meet by chance. */
const HASH_DIGITS = 16
/** One bit each in `labelOf`. */
const DETECTORS_MAX = 31

export const CUSTOM_MAX = DETECTORS_MAX - FINDINGS.length

/** @throws where a custom pattern cannot be compiled; the configuration has checked that before */
export const compilePolicy = (
  project: ProjectMasking,
  projectId: number,
  secret: string,
): MaskingPolicy | undefined => {
  const actions: Action[] = []
  const detectors: Detector[] = []
  const add = (detector: Detector, action: Action): void => {
    if (action === 'off') return
    detectors.push(detector)
    actions.push(action)
  }
  // What the user describes is surer than what we guess.
  for (const custom of project.custom) add(customDetector(custom), custom.action)
  for (const detector of builtIn(project.phoneCountries)) add(detector, project.actions[detector.finding as Finding])
  if (detectors.length === 0) return undefined
  const labels = new Map<number, string>()
  return {
    detectors,
    triggers: detectors.reduce<number>((bits, { triggers }) => bits | triggers, TRIGGER.escape),
    readsAll: project.custom.some(({ when, action }) => when === '' && action !== 'off'),
    sessionIds: project.sessionIds,
    placeOf: (index, value) => {
      const name = wordOf(detectors[index]!.finding)
      if (actions[index] === 'drop') return { text: `[dropped: ${name}]`, whole: true }
      if (actions[index] === 'replace') return { text: `[${name}]`, whole: false }
      const hash = createHmac('sha256', secret).update(`${projectId}\0${name}\0${value}`).digest('hex')
      return { text: `[${name}:${hash.slice(0, HASH_DIGITS)}]`, whole: false }
    },
    labelOf: (found) => {
      const known = labels.get(found)
      if (known !== undefined) return known
      const label = detectors.map(({ finding }, i) => (found & (1 << i) ? `${finding}!` : finding)).join(' ')
      labels.set(found, label)
      return label
    },
  }
}

const builtIn = (phoneCountries: readonly string[]): readonly Detector[] => {
  const detectors = [
    privateKeys,
    jwts,
    apiKeys,
    bearerTokens,
    urlPasswords,
    emails,
    ibans,
    cards,
    ssns,
    phonesOf(phoneCountries),
  ]
  return detectors.toSorted((a, b) => orderOf(a) - orderOf(b))
}

const orderOf = (detector: Detector): number => FINDINGS.indexOf(detector.finding as Finding)

/** `pii.email` → `email`. */
const wordOf = (finding: string): string => finding.slice(finding.indexOf('.') + 1)
