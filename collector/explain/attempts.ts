import type { MAPPING_SOURCES, MappedAttribute, MappedRule } from '../../schema/api/mapping.ts'
import { F } from '../../schema/dialects/compile.ts'
import { FIELDS } from '../../schema/dialects/dialect.ts'
import { CONTENT_EVENTS, DETAIL_EVENTS } from '../../schema/dialects/words.ts'
import type { Kind } from '../../schema/model/kind.ts'
import type { AnyValue, KeyValue, WireSpan } from '../../schema/otlp/wire.ts'
import { isObject, parsedJson, plainOf, textOf } from '../normalise/any-value.ts'
import { isId, RESOURCE_RANKS, TABLE } from '../normalise/facts.ts'
import { CONTENT_KEYS, EVENT_RANK } from '../normalise/span-events.ts'

export type Source = (typeof MAPPING_SOURCES)[number]

/** One rule that looked at one attribute. */
export interface Attempt {
  readonly field: number
  readonly rank: number
  readonly attribute: Given
  /** Why the value cannot be taken whatever its rank; '' where it can. */
  readonly refused: string
}

/** An attribute as it was given, and what looked at it. */
export interface Given {
  readonly key: string
  readonly value: AnyValue
  readonly source: Source
}

export interface KindAttempt {
  readonly kind: Kind | undefined
  readonly rank: number
  readonly attribute: Given
}

/** What a record consists of, in the order in which it is read. */
export interface Parts {
  readonly source: 'span' | 'log'
  readonly scope: readonly KeyValue[]
  readonly attributes: readonly KeyValue[]
  readonly events: WireSpan['events']
  readonly resource: readonly KeyValue[]
}

/**
 * Every rule that looks at a record, and which of them is believed. It repeats in the open what `Facts` does in haste for every span; a test holds the
 * two against each other over every fixture and recording.
 */
export class Attempts {
  readonly #given: Given[] = []
  readonly #attempts: Attempt[] = []
  readonly #kinds: KindAttempt[] = []
  readonly #winners = new Map<number, Attempt>()

  constructor(parts: Parts) {
    for (const pair of parts.scope) this.#read(pair, 'scope')
    for (const pair of parts.attributes) this.#read(pair, parts.source)
    for (const event of parts.events) this.#readEvent(event)
    for (const pair of parts.resource) this.#readResource(pair)
    this.#choose()
    const metadata = this.#winners.get(F.metadataJson)?.attribute
    if (metadata) this.#readMetadata(metadata)
    this.#choose()
  }

  winner(field: number): Attempt | undefined {
    return this.#winners.get(field)
  }

  get kind(): KindAttempt | undefined {
    let best: KindAttempt | undefined
    for (const attempt of this.#kinds)
      if (attempt.kind !== undefined && (!best || attempt.rank <= best.rank)) best = attempt
    return best
  }

  /** Every attribute with its rules; `usedFamilies` are the lists of which the result has something. */
  explained(): readonly MappedAttribute[] {
    return this.#given.map((given) => {
      const rules = [
        ...this.#kindRules(given),
        ...this.#fieldRules(given),
        ...familyRules(given),
        ...serviceRule(given),
      ]
      return {
        key: given.key,
        source: given.source,
        value: shown(given.value),
        fate: rules.some(({ won }) => won) ? 'used' : rules.length > 0 ? 'lost' : fateOf(given),
        rules,
      }
    })
  }

  #read(pair: KeyValue, source: Source): void {
    const given = this.#give(pair, source)
    const entry = TABLE.lookup(pair.key)
    if (entry.kinds)
      this.#kinds.push({
        kind: typeof pair.value === 'string' ? entry.kinds.kindOf(pair.value) : undefined,
        rank: entry.kinds.rank,
        attribute: given,
      })
    for (const { field, rank } of entry.meanings) this.#attempt(given, field, rank)
  }

  #readEvent(event: WireSpan['events'][number]): void {
    if (DETAIL_EVENTS.has(event.name)) {
      for (const pair of event.attributes) this.#read(pair, 'event')
      return
    }
    const field = CONTENT_EVENTS.get(event.name)
    for (const pair of event.attributes) {
      const given = this.#give({ key: `${event.name}: ${pair.key}`, value: pair.value }, 'event')
      if (field !== undefined && CONTENT_KEYS.includes(pair.key))
        // Of inputs the first counts, of outputs the last.
        this.#attempt(given, F[field], field === 'inputContent' ? EVENT_RANK + this.#attempts.length : EVENT_RANK)
      if (event.name === 'gen_ai.choice' && pair.key === 'finish_reason')
        this.#attempt(given, F.finishReason, EVENT_RANK)
    }
  }

  #readResource(pair: KeyValue): void {
    const given = this.#give(pair, 'resource')
    for (const { field, rank } of TABLE.lookup(pair.key).meanings) this.#attempt(given, field, rank + RESOURCE_RANKS)
  }

  #readMetadata({ key, value }: Given): void {
    const object = typeof value === 'string' ? parsedJson(value) : plainOf(value)
    if (!isObject(object)) return
    let rank = RESOURCE_RANKS - 1000
    for (const [name, field] of TABLE.carried) {
      const inner = object[name]
      if (typeof inner === 'string' || typeof inner === 'number')
        this.#attempt(this.#give({ key: `${key} → ${name}`, value: inner }, 'metadata'), field, rank)
      rank++
    }
  }

  #give({ key, value }: KeyValue, source: Source): Given {
    const given = { key, value, source }
    this.#given.push(given)
    return given
  }

  #attempt(attribute: Given, field: number, rank: number): void {
    const { value } = attribute
    const refused =
      value === null || value === ''
        ? 'the value is empty'
        : (field === F.session || field === F.user) && !isId(value, field)
          ? 'the value is no id: it stands for one that was removed, or changes with every answer'
          : ''
    this.#attempts.push({ field, rank, attribute, refused })
  }

  #choose(): void {
    for (const attempt of this.#attempts) {
      if (attempt.refused !== '') continue
      const best = this.#winners.get(attempt.field)
      if (!best || attempt.rank <= best.rank) this.#winners.set(attempt.field, attempt)
    }
  }

  #kindRules(given: Given): readonly MappedRule[] {
    const best = this.kind
    return this.#kinds
      .filter(({ attribute }) => attribute === given)
      .map((attempt) => ({
        field: 'kind',
        dialect: dialectOf(attempt.rank),
        rank: attempt.rank,
        won: attempt === best,
        why:
          attempt === best
            ? `says ${attempt.kind}`
            : attempt.kind === undefined
              ? 'the value is none that the rule knows'
              : `says ${attempt.kind}, but ${best?.attribute.key} is believed before it`,
      }))
  }

  #fieldRules(given: Given): readonly MappedRule[] {
    return this.#attempts
      .filter(({ attribute }) => attribute === given)
      .map((attempt) => {
        const best = this.#winners.get(attempt.field)
        return {
          field: FIELDS[attempt.field] ?? '',
          dialect: dialectOf(attempt.rank),
          rank: attempt.rank,
          won: attempt === best,
          why: attempt === best ? 'believed' : attempt.refused || lostTo(attempt, best),
        }
      })
  }
}

const lostTo = (attempt: Attempt, best: Attempt | undefined): string => {
  if (!best) return 'nothing was believed'
  if (best.rank === attempt.rank && best.attribute.key === attempt.attribute.key)
    return 'the key was given again; the later value counts'
  const where = best.attribute.source === attempt.attribute.source ? '' : ` (${best.attribute.source})`
  return `${best.attribute.key}${where} is believed before it`
}

const familyRules = ({ key, source }: Given): readonly MappedRule[] => {
  const { family } = TABLE.lookup(key)
  if (family === '' || source === 'resource') return []
  const why = family === 'labels' ? 'kept for the whole run' : 'one item of a list that is spread over keys'
  return [{ field: family, dialect: TABLE.familyDialect(key), rank: 0, won: true, why }]
}

/** Not a matter of dialects: OpenTelemetry's own name of who sends. */
const serviceRule = ({ key, source }: Given): readonly MappedRule[] =>
  key === 'service.name' && source === 'resource'
    ? [{ field: 'service', dialect: 'recount', rank: 0, won: true, why: 'believed' }]
    : []

const fateOf = ({ key }: Given): 'recognised' | 'unknown' =>
  Number.isFinite(TABLE.lookup(key).dialect) ? 'recognised' : 'unknown'

/** The name of the table that a rank belongs to. */
const dialectOf = (rank: number): string => TABLE.tableOf(rank >= RESOURCE_RANKS ? rank - RESOURCE_RANKS : rank)

const VALUE_CHARS_MAX = 500
const shown = (value: AnyValue): string => {
  const text = textOf(value)
  return text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX - 1)}…`
}
