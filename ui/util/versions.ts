import type { UsageItem } from '../../schema/api/shapes.ts'

export type Version = UsageItem['versions'][number]

/** Newest first, by when they were first seen. */
export const newestFirst = (versions: readonly Version[]): readonly Version[] =>
  versions.toSorted((a, b) => b.firstSeen.localeCompare(a.firstSeen))

export interface VersionChange {
  readonly now: Version
  /** The version before, where the range saw one. */
  readonly before: Version | null
  /** Success against the version before: told apart only where the 95 % intervals do not touch. */
  readonly verdict: 'worse' | 'better' | 'same' | 'unknown'
}

/** What runs now, what ran before, and whether that made a difference. */
export const versionChange = (versions: readonly Version[]): VersionChange | null => {
  const [now, before = null] = newestFirst(versions)
  if (!now) return null
  return { now, before, verdict: before ? compareSuccess(now, before) : 'unknown' }
}

const compareSuccess = (now: Version, before: Version): VersionChange['verdict'] => {
  const a = now.success.interval
  const b = before.success.interval
  if (!a || !b) return 'unknown'
  if (a[1] < b[0]) return 'worse'
  return a[0] > b[1] ? 'better' : 'same'
}
