import type { Message, MessagePart, ToolCall } from '../../schema/api/shapes.ts'
import { type Draft, momentOf } from './draft.ts'
import type { Node } from './tree.ts'
import type { Offers } from './validation.ts'

interface Requested {
  readonly node: Node
  readonly at: bigint
  readonly runId: string
  readonly part: MessagePart
}

/**
 * Tool calls as messages tell of them: what was asked for, and what came back. They give a tool's span its result where the span has none,
 * and make the step where telemetry has no span for the call at all.
 */
export class RequestedCalls {
  readonly #requested: Requested[] = []
  readonly #results = new Map<string, string>()

  asked(messages: readonly Message[], node: Node, at: bigint, runId: string): void {
    for (const message of messages)
      for (const part of message.parts) if (part.type === 'tool_call') this.#requested.push({ node, at, runId, part })
  }

  answered(messages: readonly Message[]): void {
    for (const message of messages)
      for (const part of message.parts)
        if (part.type === 'tool_result' && part.id && !this.#results.has(part.id))
          this.#results.set(part.id, part.result ?? '')
  }

  resultOf(callId: string): string | undefined {
    return callId === '' ? undefined : this.#results.get(callId)
  }

  /** Steps for calls without a span. `spans`: the tool calls of the replay that have one, by run. */
  withoutSpan(spans: ReadonlyMap<string, readonly ToolCall[]>, offers: Offers): Draft[] {
    const free = new Map([...spans].map(([runId, calls]) => [runId, calls.filter((call) => call.id === '')]))
    const seen = new Set<string>()
    return this.#requested.flatMap(({ node, at, runId, part }) => {
      const id = part.id ?? ''
      const ofRun = spans.get(runId) ?? []
      if (id !== '' && (seen.has(id) || ofRun.some((call) => call.id === id))) return []
      seen.add(id)
      const byName = free.get(runId) ?? []
      const match = byName.findIndex((call) => call.name === part.name)
      if (match >= 0) {
        byName.splice(match, 1)
        return []
      }
      const result = this.resultOf(id)
      // Among calls that have spans, one that has neither span nor result was not executed (a handoff, a final answer).
      if (ofRun.length > 0 && result === undefined) return []
      return [stepOf(node, at, part, result, offers)]
    })
  }
}

const stepOf = (node: Node, at: bigint, part: MessagePart, result: string | undefined, offers: Offers): Draft => {
  const name = part.name ?? ''
  const hash = node.span.tool_definitions_ref
  const errors = hash === '' ? [] : offers.errorsOf(hash, name, part.arguments ?? '')
  return momentOf(node, at, 'tool_call', {
    name,
    toolCall: {
      id: part.id ?? '',
      name,
      arguments: part.arguments ?? '',
      result: result ?? '',
      ok: result !== undefined,
      error: result === undefined ? 'no result was sent' : null,
      valid: hash === '' ? null : errors.length === 0,
      validationErrors: errors,
      ...(hash === '' ? {} : { schema: offers.schemaOf(hash, name) }),
    },
  })
}
