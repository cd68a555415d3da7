import type { UsageItem } from '../../schema/api/shapes.ts'

export type Version = UsageItem['versions'][number]

/** Part of the range at its beginning in which being seen first says nothing: those versions ran before the range began. */
const BEGINNING = 0.05

/** Newest first, by when they were first seen; those that were there from the beginning by their names (`v9` before `v10`); runs without a version last. */
export const newestFirst = (versions: readonly Version[], nowMs = Date.now()): readonly Version[] => {
  const firstMs = Math.min(...versions.map(seenMs))
  const beginningMs = firstMs + (nowMs - firstMs) * BEGINNING
  const startOf = (version: Version) =>
    version.version === '' ? 0 : seenMs(version) <= beginningMs ? firstMs : seenMs(version)
  return versions.toSorted(
    (a, b) => startOf(b) - startOf(a) || b.version.localeCompare(a.version, 'en', { numeric: true }),
  )
}
const seenMs = (version: Version) => Date.parse(version.firstSeen)

export interface VersionChange {
  readonly now: Version
  /** The version before, where the range saw one. */
  readonly before: Version | null
  /** Success against the version before: told apart only where the 95 % intervals do not touch. */
  readonly verdict: 'worse' | 'better' | 'same' | 'unknown'
}

/** What runs now, what ran before, and whether that made a difference. */
export const versionChange = (versions: readonly Version[], nowMs = Date.now()): VersionChange | null => {
  const [now, before = null] = newestFirst(
    versions.filter((one) => one.version !== ''),
    nowMs,
  )
  if (!now) return null
  return { now, before, verdict: verdictOf(now, before) }
}

export const verdictOf = (now: Version, before: Version | null): VersionChange['verdict'] => {
  const a = now.success.interval
  const b = before?.success.interval
  if (!a || !b) return 'unknown'
  if (a[1] < b[0]) return 'worse'
  return a[0] > b[1] ? 'better' : 'same'
}
