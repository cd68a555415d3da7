import type { Message, MessagePart } from '../../schema/api/shapes.ts'
import { parseJson } from './messages/json.ts'

/**
 * Decides which messages of a call are new. Every call of an agent sends its whole history again, agents hand the same words to each other,
 * and frameworks repeat on outer spans what inner ones carried; yet a user may well say "yes" twice. So a call's list is laid along
 * what was shown already, in order: what finds its place there is history, the rest is new.
 */
export class Conversation {
  readonly #shown: Shown[] = []
  readonly #systems = new Set<string>()
  /** Runs that were seen to resend what earlier runs of the session said. */
  readonly #continuing = new Set<string>()

  /** New messages of what a span was given. A run that does not resend its session's history starts a conversation of its own. */
  given(list: readonly Message[], runId: string, atNanos: bigint): Message[] {
    const messages = list.filter(isSaid)
    const candidates = this.#history(messages, runId)
    const fresh: Message[] = []
    let from = 0
    for (const message of messages) {
      if (message.role === 'system') {
        if (this.#isNewSystem(message)) fresh.push(message)
        continue
      }
      const sides = sidesOf(message)
      const found = find(candidates, sides, from)
      if (found === undefined && isRetold(candidates, sides)) continue
      if (found === undefined) {
        fresh.push(message)
        this.#shown.push({ ...sides, runId, atNanos, isClaimed: false })
      } else from = found.exact ? found.at + 1 : found.at
    }
    return fresh
  }

  /** An answer is new, unless a call that started while this one was still open has shown it already as part of its history. */
  answered(list: readonly Message[], runId: string, startNanos: bigint, endNanos: bigint): Message[] {
    return list.filter(isSaid).filter((message) => {
      const sides = sidesOf(message)
      const early = this.#shown.find(
        (shown) =>
          !shown.isClaimed && shown.runId === runId && shown.atNanos >= startNanos && isSame(shown, sides) === 'whole',
      )
      if (early) early.isClaimed = true
      else this.#shown.push({ ...sides, runId, atNanos: endNanos, isClaimed: true })
      return early === undefined
    })
  }

  #history(messages: readonly Message[], runId: string): readonly Shown[] {
    const ofRun = this.#shown.filter((shown) => shown.runId === runId)
    if (ofRun.length === this.#shown.length) return ofRun
    if (this.#continuing.has(runId)) return this.#shown
    const answers = messages.filter((message) => message.role === 'assistant').map(sidesOf)
    const isResent = (answer: Sides) =>
      this.#shown.some((shown) => shown.runId !== runId && isSame(shown, answer) !== undefined)
    if (!answers.some(isResent)) return ofRun
    this.#continuing.add(runId)
    return this.#shown
  }

  #isNewSystem(message: Message): boolean {
    const { text } = sidesOf(message)
    if (this.#systems.has(text)) return false
    this.#systems.add(text)
    return true
  }
}

/** Results of tools belong to their calls; a message of nothing else is not shown. One with empty words is: a model may say nothing. */
const isSaid = (message: Message): boolean => message.role !== 'tool'

interface Sides {
  readonly role: string
  readonly text: string
  readonly callIds: readonly string[]
  readonly calls: readonly string[]
}
interface Shown extends Sides {
  readonly runId: string
  readonly atNanos: bigint
  isClaimed: boolean
}

const find = (shown: readonly Shown[], sides: Sides, from: number): { at: number; exact: boolean } | undefined => {
  for (let at = from; at < shown.length; at++) {
    const same = isSame(shown[at]!, sides)
    if (same) return { at, exact: same === 'whole' }
  }
  return undefined
}

/** An agent's own span may give all that it said, one text after another, as its answer. */
const isRetold = (shown: readonly Shown[], sides: Sides): boolean => {
  if (sides.role !== 'assistant' || sides.calls.length > 0) return false
  const wanted = sides.text.replaceAll(' ', '')
  let told = ''
  for (let i = shown.length - 1; i >= 0 && told.length < wanted.length; i--) {
    const one = shown[i]!
    if (one.role === 'assistant') told = one.text.replaceAll(' ', '') + told
  }
  return told !== '' && told === wanted
}

/**
 * The same message: the same tool calls by id, else the same words and calls. `part`: some histories split an answer with text and calls in
 * two, or merge two in one; then the next message may belong to the same answer.
 */
const isSame = (shown: Sides, sides: Sides): 'whole' | 'part' | undefined => {
  if (shown.role !== sides.role) return undefined
  if (shown.callIds.length > 0 && sides.callIds.length > 0) {
    if (!sides.callIds.some((id) => shown.callIds.includes(id))) return undefined
    return shown.text === sides.text && shown.callIds.length === sides.callIds.length ? 'whole' : 'part'
  }
  if (shown.text === sides.text && shown.calls.length === sides.calls.length) {
    if (sides.calls.every((call) => shown.calls.includes(call))) return 'whole'
  }
  if (sides.role !== 'assistant') return undefined
  if (shown.text !== '' && shown.text === sides.text && (shown.calls.length === 0 || sides.calls.length === 0))
    return 'part'
  return sides.text === '' && sides.calls.length > 0 && sides.calls.every((call) => shown.calls.includes(call))
    ? 'part'
    : undefined
}

/** What a message says, however it is spaced and its arguments are written; reasoning is left out, since histories leave it out. */
const sidesOf = (message: Message): Sides => {
  const text = message.parts
    .map(wordsOf)
    .filter((words) => words !== '')
    .join('\n')
    .replace(/\s+/g, ' ')
    .trim()
  const toolCalls = message.parts.filter((part) => part.type === 'tool_call')
  return {
    role: message.role,
    text,
    calls: toolCalls.map((part) => `${part.name ?? ''}(${canonicalJson(part.arguments ?? '')})`),
    callIds: toolCalls.flatMap((part) => (part.id ? [part.id] : [])),
  }
}

const wordsOf = (part: MessagePart): string => {
  if (part.type === 'text') return part.text ?? ''
  return part.type === 'blob' ? `${part.mimeType ?? ''} ${part.uri ?? ''} ${part.bytes ?? ''}` : ''
}

/** JSON text with its keys sorted and its spaces gone; other text as it is. */
const canonicalJson = (text: string): string => {
  const value = parseJson(text)
  return value === undefined ? text.trim() : JSON.stringify(value, (_, v: unknown) => (isPlain(v) ? sorted(v) : v))
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const sorted = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
