import type { RecordedMessage } from './recorded-run.ts'

/**
 * Makes tool call ids unique within a run: recordings repeat them (a model that answered from a cache gave the same id
 * twice), and readers of telemetry take two tool spans with one call id for one execution. The second becomes `id#2`.
 * An answer belongs to the earliest call of its id that has none yet.
 */
export function withUniqueCallIds(messages: readonly RecordedMessage[]): readonly RecordedMessage[] {
  const seen = new Map<string, number>()
  const waiting = new Map<string, string[]>()
  return messages.map((message) => {
    const toolCalls = message.toolCalls.map((call) => {
      const times = (seen.get(call.id) ?? 0) + 1
      seen.set(call.id, times)
      const id = times === 1 && call.id !== '' ? call.id : `${call.id}#${times}`
      waiting.set(call.id, [...(waiting.get(call.id) ?? []), id])
      return { ...call, id }
    })
    if (!message.answer) return { ...message, toolCalls }
    const callId = waiting.get(message.answer.callId)?.shift() ?? message.answer.callId
    return { ...message, toolCalls, answer: { ...message.answer, callId } }
  })
}

/** Arguments stand as JSON text in many recordings; text that is not JSON stays text. */
export function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
