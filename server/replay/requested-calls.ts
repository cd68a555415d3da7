import type { Message, MessagePart } from '../../schema/api/shapes.ts'
import { type Draft, momentOf } from './draft.ts'
import { firstString, isObject, parseJson } from './messages/json.ts'
import type { Node } from './tree.ts'
import type { Offers } from './validation.ts'

interface Requested {
  readonly node: Node
  readonly at: bigint
  readonly part: MessagePart
}

/**
 * Tool calls as messages tell of them: what was asked for, and what came back. They give a tool's span its result where the span has none,
 * and make the step where telemetry has no span for the call at all.
 */
export class RequestedCalls {
  readonly #requested: Requested[] = []
  readonly #results = new Map<string, string>()

  asked(messages: readonly Message[], node: Node, at: bigint): void {
    for (const message of messages)
      for (const part of message.parts) if (part.type === 'tool_call') this.#requested.push({ node, at, part })
  }

  answered(messages: readonly Message[]): void {
    for (const message of messages)
      for (const part of message.parts)
        if (part.type === 'tool_result' && part.id && !this.#results.has(part.id))
          this.#results.set(part.id, part.result ?? '')
  }

  /**
   * Says of each tool call that has a span (in order of start) which request it answers: by id, and what is left by name, since some spans
   * and some messages have no ids or ids of their own. Gives the steps of requests that no span answers.
   */
  match(
    withSpan: readonly Draft[],
    offers: Offers,
  ): { readonly completed: Map<Draft, Draft>; readonly steps: Draft[] } {
    const open = new Set(withSpan)
    const byId = new Map(withSpan.map((draft) => [draft.toolCall?.id ?? '', draft]))
    const seen = new Set<string>()
    const completed = new Map<Draft, Draft>()
    const unanswered: Requested[] = []
    for (const request of this.#requested) {
      const id = request.part.id ?? ''
      if (id !== '' && seen.has(id)) continue
      seen.add(id)
      const draft = id === '' ? undefined : byId.get(id)
      if (!draft) unanswered.push(request)
      else if (open.delete(draft)) completed.set(draft, this.#completed(draft, request.part))
    }
    const runsWithSpans = new Set(withSpan.map((draft) => draft.traceId))
    const steps = unanswered.flatMap(({ node, at, part }) => {
      const draft = [...open].find((one) => one.toolCall?.name === part.name)
      if (draft) {
        open.delete(draft)
        completed.set(draft, this.#completed(draft, part))
        return []
      }
      const result = this.#resultOf(part.id)
      // Among calls that have spans, one that has neither span nor result was not executed (a handoff, a final answer).
      if (result === undefined && runsWithSpans.has(node.span.trace_id)) return []
      return [stepOf(node, at, part, result, offers)]
    })
    for (const draft of open) completed.set(draft, this.#completed(draft, {}))
    return { completed, steps }
  }

  /** What a span does not say of its call is taken from the messages around it. */
  #completed(draft: Draft, part: Partial<MessagePart>): Draft {
    if (!draft.toolCall) return draft
    const id = draft.toolCall.id || (part.id ?? '')
    return {
      ...draft,
      toolCall: {
        ...draft.toolCall,
        id,
        arguments: draft.toolCall.arguments || (part.arguments ?? ''),
        result: draft.toolCall.result || (this.#resultOf(id) ?? this.#resultOf(part.id) ?? ''),
      },
    }
  }

  #resultOf(callId: string | undefined): string | undefined {
    return callId ? this.#results.get(callId) : undefined
  }
}

const stepOf = (node: Node, at: bigint, part: MessagePart, result: string | undefined, offers: Offers): Draft => {
  const name = part.name ?? ''
  const hash = node.span.tool_definitions_ref
  const errors = hash === '' ? [] : offers.errorsOf(hash, name, part.arguments ?? '')
  const refusal = result === undefined ? 'no result was sent' : refusalIn(result)
  return momentOf(node, at, 'tool_call', {
    name,
    toolCall: {
      id: part.id ?? '',
      name,
      arguments: part.arguments ?? '',
      result: result ?? '',
      ok: refusal === undefined && errors.length === 0,
      error: refusal ?? (errors.length > 0 ? 'the arguments are invalid' : null),
      valid: hash === '' ? null : errors.length === 0,
      validationErrors: errors,
      ...(hash === '' ? {} : { schema: offers.schemaOf(hash, name) }),
    },
  })
}

/** What the AI SDK sends as the result of a call that a person did not allow. */
const refusalIn = (result: string): string | undefined => {
  const value = result.includes('denied') ? parseJson(result) : undefined
  if (!isObject(value) || !(value.type === 'execution-denied' || value.denied === true)) return undefined
  return firstString(value, 'reason') || 'denied'
}
