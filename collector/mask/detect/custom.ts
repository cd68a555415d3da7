import { RE2JS } from 're2js'
import type { Detector, Found } from '../findings.ts'

/**
 * A pattern of the user's. It runs on every text that holds `when`, sent by whoever sends, so it must not be able to hang: RE2's syntax and algorithm
 * (linear time, no backtracking; no look-around, no back-references), which is also slower than JavaScript's by an order: hence `when`.
 */
export interface CustomPattern {
  readonly name: string
  readonly pattern: string
  /** A text without this holds no match; '' = look at every text. */
  readonly when: string
}

/** @throws an error that says what is wrong with the pattern */
export const customDetector = ({ name, pattern, when }: CustomPattern): Detector => {
  const compiled = RE2JS.compile(pattern)
  return {
    finding: customFinding(name),
    triggers: 0,
    wants: (text) => when === '' || text.includes(when),
    find: (text) => {
      const found: Found[] = []
      const matcher = compiled.matcher(text)
      while (matcher.find())
        if (matcher.end() > matcher.start()) found.push({ start: matcher.start(), end: matcher.end() })
      return found
    },
  }
}

export const customFinding = (name: string): string => `custom.${name}`
