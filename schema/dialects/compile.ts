import type { Kind } from '../model/kind.ts'
import { CARRIED, CARRIERS } from './carriers.ts'
import { type Dialect, type Family, FIELDS, type Field, type InputSemantics, type KindKey } from './dialect.ts'
import { bare } from './general.ts'

/** One meaning of one key: into which field its value goes, unless a value of lower rank is there. */
export interface Meaning {
  readonly field: number
  readonly rank: number
  readonly scale: number
}

/** What the values of a key say of the span's kind. */
export interface KindWords {
  readonly rank: number
  readonly kindOf: (value: string) => Kind | undefined
}

/** Everything known about a key. The same object is returned for the same key, so callers may compare identities. */
export interface KeyEntry {
  readonly meanings: readonly Meaning[]
  readonly kinds: KindWords | undefined
  readonly family: Family | ''
  /** Index of the dialect that this key proves, in the compiled list; Infinity for a key that proves none. */
  readonly dialect: number
}

export interface KeyTable {
  readonly lookup: (key: string) => KeyEntry
  /** Keys inside a metadata object (`metadataJson`): name → field. */
  readonly carried: ReadonlyMap<string, number>
  readonly dialectIds: readonly string[]
  /** Id of the dialect that a rank belongs to; `carried` for names under the prefixes of `carriers.ts`, `inside` for what is read out of values. */
  readonly tableOf: (rank: number) => string
  /** The dialect whose list the key is an item of; '' where it is of none. */
  readonly familyDialect: (key: string) => string
  readonly inputSemantics: (scope: string) => InputSemantics | undefined
  /** Ranks from here on are bare names, read only on spans that something else has shown to be a call. */
  readonly bareRank: number
}

const fieldNumbers = Object.fromEntries(FIELDS.map((field, index) => [field, index])) as Record<Field, number>

/** Number of a field, the same for every table; `F.input` indexes the arrays that a span is collected into. */
export const F: Readonly<Record<Field, number>> = fieldNumbers

/** Keys are few and repeat; a flood of made-up ones (ids inside keys) must not grow the memory. */
const MEMO_KEYS_MAX = 20_000
const KIND_VALUES_MAX = 1_000

const NOTHING: KeyEntry = { meanings: [], kinds: undefined, family: '', dialect: Number.POSITIVE_INFINITY }

/** One lookup of all dialects: exact keys and prefixes, first match by rank wins (architecture.md §2, "dialects are data"). */
export const compileDialects = (dialects: readonly Dialect[]): KeyTable => {
  const exact = exactKeys(dialects)
  const memo = new Map<string, KeyEntry>()
  const prefixes = prefixesOf(dialects)
  const byScope = new Map<string, InputSemantics | undefined>()
  const scopeRules = dialects.flatMap((dialect) => dialect.inputSemantics ?? [])

  const lookup = (key: string): KeyEntry => {
    const known = memo.get(key)
    if (known) return known
    const entry = withPrefixes(key, exact.get(key), prefixes)
    if (memo.size < MEMO_KEYS_MAX) memo.set(key, entry)
    return entry
  }
  const inputSemantics = (scope: string): InputSemantics | undefined => {
    if (byScope.has(scope)) return byScope.get(scope)
    const rule = scopeRules.find((candidate) => scope.startsWith(candidate.scope))?.semantics
    if (byScope.size < MEMO_KEYS_MAX) byScope.set(scope, rule)
    return rule
  }
  return {
    lookup,
    carried: new Map(carriedNames().map(({ name, field }) => [name, F[field]])),
    dialectIds: dialects.map((dialect) => dialect.id),
    tableOf: (rank) =>
      dialects[Math.floor(rank / RANKS_PER_DIALECT)]?.id ?? (rank < INSIDE_RANK ? 'carried' : 'inside'),
    familyDialect: (key) =>
      dialects.find(({ families }) => families?.some(({ prefix }) => key.startsWith(prefix)))?.id ?? '',
    inputSemantics,
    bareRank: rankOf(dialects.indexOf(bare) === -1 ? dialects.length : dialects.indexOf(bare), 0),
  }
}

/** More than any list of aliases is long. */
const RANKS_PER_DIALECT = 1000
/** Ranks of what is read out of values (usage objects, events, metadata) begin here, after every attribute's. */
export const INSIDE_RANK = 900_000
const rankOf = (dialect: number, position: number): number => dialect * RANKS_PER_DIALECT + position

interface Draft {
  meanings: Meaning[]
  kinds: KeyEntry['kinds']
}

const exactKeys = (dialects: readonly Dialect[]): ReadonlyMap<string, Draft> => {
  const drafts = new Map<string, Draft>()
  const draft = (key: string): Draft => {
    const found = drafts.get(key)
    if (found) return found
    const made: Draft = { meanings: [], kinds: undefined }
    drafts.set(key, made)
    return made
  }
  dialects.forEach((dialect, index) => {
    dialect.kinds.forEach((kindKey, position) => {
      draft(kindKey.key).kinds ??= { rank: rankOf(index, position), kindOf: kindReader(kindKey) }
    })
    for (const [field, aliases] of Object.entries(dialect.aliases)) {
      aliases.forEach((alias, position) => {
        const { key, scale } = typeof alias === 'string' ? { key: alias, scale: 1 } : alias
        draft(key).meanings.push({ field: F[field as Field], rank: rankOf(index, position), scale })
      })
    }
  })
  addCarriers(draft, rankOf(dialects.length, 0))
  return drafts
}

const kindReader = ({ values, containing = [] }: KindKey): KindWords['kindOf'] => {
  const known = new Map<string, Kind | undefined>(Object.entries(values))
  return (value) => {
    if (known.has(value)) return known.get(value)
    const word = value.toLowerCase()
    const kind = known.get(word) ?? containing.find(([part]) => word.includes(part))?.[1]
    if (known.size < KIND_VALUES_MAX) known.set(value, kind)
    return kind
  }
}

const addCarriers = (draft: (key: string) => Draft, firstRank: number): void => {
  CARRIERS.forEach((carrier, c) => {
    carriedNames().forEach(({ name, field }, n) => {
      draft(carrier + name).meanings.push({ field: F[field], rank: firstRank + c * 100 + n, scale: 1 })
    })
  })
}

const carriedNames = (): readonly { name: string; field: Field }[] =>
  Object.entries(CARRIED).flatMap(([field, names]) => names.map((name) => ({ name, field: field as Field })))

interface Prefix {
  readonly prefix: string
  readonly family: Family | ''
  readonly dialect: number
}

const prefixesOf = (dialects: readonly Dialect[]): readonly Prefix[] =>
  dialects.flatMap((dialect, index) => [
    ...(dialect.families ?? []).map(({ prefix, family }) => ({ prefix, family, dialect: Number.POSITIVE_INFINITY })),
    ...dialect.marks.map((prefix) => ({ prefix, family: '' as const, dialect: index })),
  ])

const withPrefixes = (key: string, draft: Draft | undefined, prefixes: readonly Prefix[]): KeyEntry => {
  let family: Family | '' = ''
  let dialect = Number.POSITIVE_INFINITY
  for (const candidate of prefixes) {
    if (!key.startsWith(candidate.prefix)) continue
    if (candidate.family !== '' && family === '') family = candidate.family
    if (candidate.dialect < dialect) dialect = candidate.dialect
  }
  if (!draft && family === '' && dialect === Number.POSITIVE_INFINITY) return NOTHING
  return { meanings: draft?.meanings ?? [], kinds: draft?.kinds, family, dialect }
}
