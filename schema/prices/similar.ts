import { LISTED_PROVIDERS, libraryModelsOf } from './library-entry.ts'
import type { CompiledOverride } from './overrides.ts'

const SIMILAR_MAX = 5
/** Share of pairs of letters that two names must have in common. */
const LIKENESS_MIN = 0.5

/** What a misspelt or new model may have been meant to be: the provider's own models first, of names as like as possible. */
export const similarModels = (
  overrides: readonly CompiledOverride[],
  provider: string,
  model: string,
): readonly { readonly provider: string; readonly model: string }[] => {
  const own = overrides
    .filter(({ given }) => !given.model.includes('*'))
    .map((o) => [o.provider, o.given.model] as const)
  const hasList = libraryModelsOf(provider).length > 0
  const listed = LISTED_PROVIDERS.filter(([ours]) => !hasList || ours === provider).flatMap(([ours]) =>
    libraryModelsOf(ours).map(({ id }) => [ours, id] as const),
  )
  const wanted = pairsOf(model.slice(model.lastIndexOf('/') + 1))
  const seen = new Set<string>()
  return [...own, ...listed]
    .map(([of, name]) => ({ provider: of, model: name, likeness: likeness(wanted, pairsOf(name)) }))
    .filter(({ likeness: like }) => like >= LIKENESS_MIN)
    .sort((a, b) => b.likeness - a.likeness || (a.model < b.model ? -1 : 1))
    .filter(({ model: name }) => !seen.has(name) && seen.add(name))
    .slice(0, SIMILAR_MAX)
    .map(({ provider: of, model: name }) => ({ provider: of, model: name }))
}

/** Dice's coefficient over pairs of letters. */
const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let common = 0
  for (const pair of a) if (b.has(pair)) common++
  return a.size + b.size === 0 ? 0 : (2 * common) / (a.size + b.size)
}

const pairsOf = (name: string): ReadonlySet<string> => {
  const text = ` ${name.toLowerCase()} `
  return new Set(Array.from({ length: text.length - 1 }, (_, i) => text.slice(i, i + 2)))
}
