import { compileDialects, F, type KindWords } from '../../schema/dialects/compile.ts'
import { FIELDS } from '../../schema/dialects/dialect.ts'
import { DIALECTS } from '../../schema/dialects/dialects.ts'
import { NOT_IDS, RESPONSE_ID } from '../../schema/dialects/words.ts'
import type { Kind } from '../../schema/model/kind.ts'
import type { AnyValue, KeyValue } from '../../schema/otlp/wire.ts'
import { isObject, numberOf, parsedJson, plainOf, textOf } from './any-value.ts'

/** A removed or made-up id is none: a lesser name may have the real one, and all who share it would be one session. */
export const isId = (value: AnyValue, field: number): boolean => {
  if (typeof value !== 'string') return typeof value === 'number' || typeof value === 'bigint'
  if (NOT_IDS.has(value.toLowerCase()) || value.startsWith('[Scrubbed')) return false
  return field !== F.session || !RESPONSE_ID.test(value)
}

export const TABLE = compileDialects(DIALECTS)

const NO_RANK = Number.MAX_SAFE_INTEGER
/** A resource speaks of every span below it; what the span itself says comes first, in whatever dialect. */
export const RESOURCE_RANKS = 1_000_000

/**
 * What the attributes of one span say, by field and not by name. One object is reused for all spans of a request (`reset`), because a fresh one
 * per span costs more than reading the attributes.
 */
export class Facts {
  readonly #values: (AnyValue | undefined)[] = new Array(FIELDS.length).fill(undefined)
  readonly #ranks: number[] = new Array(FIELDS.length).fill(NO_RANK)
  readonly #scales: number[] = new Array(FIELDS.length).fill(1)
  readonly #touched: number[] = []
  #kindRank = NO_RANK
  kind: Kind | undefined
  rawKind = ''
  /** Index in `TABLE.dialectIds`; Infinity while nothing proved a dialect. */
  dialect = Number.POSITIVE_INFINITY
  readonly toolDefinitions: KeyValue[] = []
  readonly inputMessages: KeyValue[] = []
  readonly outputMessages: KeyValue[] = []
  readonly evaluations: KeyValue[] = []
  readonly labels: KeyValue[] = []

  reset(): void {
    for (const field of this.#touched) {
      this.#values[field] = undefined
      this.#ranks[field] = NO_RANK
    }
    this.#touched.length = 0
    this.#kindRank = NO_RANK
    this.kind = undefined
    this.rawKind = ''
    this.dialect = Number.POSITIVE_INFINITY
    this.toolDefinitions.length = 0
    this.inputMessages.length = 0
    this.outputMessages.length = 0
    this.evaluations.length = 0
    this.labels.length = 0
  }

  /** Takes one attribute of the span. */
  read(pair: KeyValue): void {
    const { key, value } = pair
    const entry = TABLE.lookup(key)
    if (entry.dialect < this.dialect) this.dialect = entry.dialect
    if (entry.family !== '') this[entry.family].push(pair)
    if (entry.kinds && entry.kinds.rank <= this.#kindRank && typeof value === 'string')
      this.#readKind(value, entry.kinds)
    for (const meaning of entry.meanings) this.set(meaning.field, value, meaning.rank, meaning.scale)
  }

  /** What the resource says, where the span says nothing. */
  readResource(pairs: readonly KeyValue[]): void {
    for (const { key, value } of pairs) {
      for (const meaning of TABLE.lookup(key).meanings)
        this.set(meaning.field, value, meaning.rank + RESOURCE_RANKS, meaning.scale)
    }
  }

  /** Names inside a metadata object count after every attribute. */
  readCarried(): void {
    const value = this.#values[F.metadataJson]
    if (value === undefined) return
    const object = typeof value === 'string' ? parsedJson(value) : plainOf(value)
    if (!isObject(object)) return
    let rank = RESOURCE_RANKS - 1000
    for (const [name, field] of TABLE.carried) {
      const inner = object[name]
      if (typeof inner === 'string' || typeof inner === 'number') this.set(field, inner, rank, 1)
      rank++
    }
  }

  /** Later values of equal rank win: of a key that is sent twice the last counts. */
  set(field: number, value: AnyValue, rank: number, scale = 1): void {
    if (value === null || value === '' || rank > (this.#ranks[field] ?? NO_RANK)) return
    if ((field === F.session || field === F.user) && !isId(value, field)) return
    if (this.#ranks[field] === NO_RANK) this.#touched.push(field)
    this.#values[field] = value
    this.#ranks[field] = rank
    this.#scales[field] = scale
  }

  raw(field: number): AnyValue | undefined {
    return this.#values[field]
  }

  has(field: number): boolean {
    return this.#values[field] !== undefined
  }

  /** True if the value stands under a namespaced name; a bare `model` or `input_tokens` proves nothing about a span. */
  isNamed(field: number): boolean {
    return (this.#ranks[field] ?? NO_RANK) < TABLE.bareRank
  }

  text(field: number): string {
    const value = this.#values[field]
    return value === undefined ? '' : textOf(value)
  }

  number(field: number): number | undefined {
    const number = numberOf(this.#values[field])
    return number === undefined ? undefined : number * (this.#scales[field] ?? 1)
  }

  #readKind(value: string, kinds: KindWords): void {
    const kind = kinds.kindOf(value)
    if (kind === undefined) return
    this.kind = kind
    this.rawKind = value
    this.#kindRank = kinds.rank
  }
}
