import { F } from '../../schema/dialects/compile.ts'
import { CONTENT_EVENTS, DETAIL_EVENTS } from '../../schema/dialects/words.ts'
import type { KeyValue, WireSpan } from '../../schema/otlp/wire.ts'
import type { Facts } from './facts.ts'

/** Ranks of what events say: after every attribute of the span itself. */
export const EVENT_RANK = 950_000

/**
 * Messages that older conventions put into span events (dialects.md §1.4): the first of the user, the last of the assistant; and the whole call in one
 * event, whose attributes mean what they mean on the span.
 */
export const readEvents = (facts: Facts, events: WireSpan['events']): void => {
  for (const event of events) {
    if (DETAIL_EVENTS.has(event.name)) {
      for (const pair of event.attributes) facts.read(pair)
      continue
    }
    const field = CONTENT_EVENTS.get(event.name)
    if (field === undefined) continue
    const content = CONTENT_KEYS.map((key) => attributeOf(event.attributes, key)).find((value) => value !== undefined)
    // Of inputs the first counts, of outputs the last; `set` lets a later value of equal rank win.
    if (content !== undefined && (field !== 'inputContent' || !facts.has(F.inputContent)))
      facts.set(F[field], content, EVENT_RANK)
    if (event.name !== 'gen_ai.choice') continue
    facts.set(F.answer, true, EVENT_RANK)
    facts.set(F.finishReason, attributeOf(event.attributes, 'finish_reason') ?? null, EVENT_RANK)
  }
}

/** Attributes of such an event that hold its content, the most exact first. */
export const CONTENT_KEYS: readonly string[] = ['content', 'message', 'output']

const attributeOf = (attributes: readonly KeyValue[], key: string): KeyValue['value'] | undefined =>
  attributes.findLast((pair) => pair.key === key)?.value ?? undefined
