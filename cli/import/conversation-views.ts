import type { Author, RecordedMessage } from './recorded-run.ts'

/** What each model call of a conversation was given and gave, as JSON in the shape of OpenTelemetry's message schemas. */
export interface ConversationViews {
  /** `gen_ai.input.messages` of the call that wrote message i: everything its author had seen until then. */
  inputOf(i: number): string
  /** `gen_ai.output.messages` of that call. */
  outputOf(i: number): string
  /** Messages that appear in no call, by the root's attribute that holds them: last words, or a prompt whose call failed. */
  readonly unheard: { readonly 'gen_ai.input.messages'?: string; readonly 'gen_ai.output.messages'?: string }
}

/**
 * The two sides see different things: texts go to both, tool calls and their answers stay with who made them, the
 * system prompt is the agent's. Roles stay as the recording has them (the simulated customer writes as `user`), so
 * that one message is the same message in both views.
 */
export function conversationViews(messages: readonly RecordedMessage[]): ConversationViews {
  const json = messages.map((message) => JSON.stringify({ role: message.role, parts: messageParts(message) }))
  return {
    inputOf: (i) => `[${json.filter((_, at) => at < i && isSeenBy(messages[i]!.author, messages[at]!)).join(',')}]`,
    outputOf: (i) => `[${outputMessage(messages[i]!)}]`,
    unheard: unheardMessages(messages, json),
  }
}

function isSeenBy(viewer: Author, message: RecordedMessage): boolean {
  if (message.author === viewer) return true
  return message.role !== 'system' && message.role !== 'tool' && message.toolCalls.length === 0
}

function messageParts(message: RecordedMessage): readonly unknown[] {
  if (message.answer)
    return [{ type: 'tool_call_response', id: message.answer.callId, response: message.text ?? message.answer.result }]
  const calls = message.toolCalls.map((call) => ({
    type: 'tool_call',
    id: call.id,
    name: call.name,
    arguments: call.arguments,
  }))
  const text = message.text || calls.length === 0 ? [{ type: 'text', content: message.text ?? '' }] : []
  const reasoning = message.reasoning ? [{ type: 'reasoning', content: message.reasoning }] : []
  return [...reasoning, ...text, ...calls]
}

function outputMessage(message: RecordedMessage): string {
  const recorded = message.call?.finishReason
  const finishReason =
    recorded === 'tool_calls' ? 'tool_call' : (recorded ?? (message.toolCalls.length > 0 ? 'tool_call' : 'stop'))
  return JSON.stringify({ role: message.role, parts: messageParts(message), finish_reason: finishReason })
}

function unheardMessages(messages: readonly RecordedMessage[], json: readonly string[]): ConversationViews['unheard'] {
  const lastCallOf = (author: Author): number =>
    messages.findLastIndex((message) => message.call && message.author === author)
  const last = { agent: lastCallOf('agent'), user_simulator: lastCallOf('user_simulator') }
  const unheard = messages.flatMap((message, i) => {
    if (message.call || message.role === 'tool') return []
    const heard = authors.some((author) => i < last[author] && isSeenBy(author, message))
    return heard ? [] : [json[i]!]
  })
  if (unheard.length === 0) return {}
  const list = `[${unheard.join(',')}]`
  const wasCalled = authors.some((author) => last[author] >= 0)
  return wasCalled ? { 'gen_ai.output.messages': list } : { 'gen_ai.input.messages': list }
}

const authors = ['agent', 'user_simulator'] as const
