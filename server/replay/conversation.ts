import type { Message, MessagePart } from '../../schema/api/shapes.ts'
import { parseJson } from './messages/json.ts'

/**
 * Decides which messages of a call are new. Every call of an agent sends its whole history again, agents hand the same words to each other,
 * and frameworks repeat on outer spans what inner ones carried; yet a user may well say "yes" twice. So a call's list is laid along
 * what was shown already, in order: what finds its place there is history, the rest is new.
 */
export class Conversation {
  readonly #shown = new ShownMessages()
  readonly #systems = new Set<string>()
  readonly #told = new Set<string>()
  /** Runs that were seen to resend what earlier runs of the session said. */
  readonly #continuing = new Set<string>()
  /** Answers that were seen in a history before the call that gave them had ended. */
  #early: Shown[] = []

  /** New messages of what a span was given. A run that does not resend its session's history starts a conversation of its own. */
  given(list: readonly Message[], runId: string, atNanos: bigint): Message[] {
    const messages = list.filter(isSaid).map((message) => ({ message, sides: sidesOf(message) }))
    const scope = this.#resends(messages, runId) ? undefined : runId
    const until = this.#shown.length
    const fresh: Message[] = []
    let from = 0
    for (const { message, sides } of messages) {
      if (message.role === 'system') {
        if (this.#isNewSystem(sides)) fresh.push(message)
        continue
      }
      const found = this.#shown.find(sides, { from, until, runId: scope })
      if (found) {
        from = found.same === 'whole' ? found.at + 1 : found.at
        continue
      }
      if (this.#shown.isRetold(sides, until, scope)) continue
      fresh.push(message)
      const shown = { ...sides, runId, atNanos }
      this.#shown.push(shown)
      if (sides.role === 'assistant') this.#early.push(shown)
    }
    return fresh
  }

  /** An answer is new, unless a call that started while this one was still open has shown it already as part of its history. */
  answered(list: readonly Message[], runId: string, startNanos: bigint, endNanos: bigint): Message[] {
    return list.filter(isSaid).filter((message) => {
      const sides = sidesOf(message)
      const early = this.#early.find(
        (shown) => shown.runId === runId && shown.atNanos >= startNanos && isSame(shown, sides) === 'whole',
      )
      if (early) this.#early = this.#early.filter((shown) => shown !== early)
      else this.#shown.push({ ...sides, runId, atNanos: endNanos })
      return early === undefined
    })
  }

  /** A message that a record of its own tells, at its moment: new, unless a call has carried it already. Told twice by records it was said twice. */
  told(message: Message, runId: string, atNanos: bigint): Message[] {
    const sides = sidesOf(message)
    const key = `${sides.role} ${sides.text}`
    const isRepeated = this.#told.has(key)
    this.#told.add(key)
    return isRepeated ? this.answered([message], runId, atNanos, atNanos) : this.given([message], runId, atNanos)
  }

  /** Whether this list holds an answer that another run of the session gave. Said of one call it is believed of the whole run. */
  #resends(messages: readonly { readonly sides: Sides }[], runId: string): boolean {
    if (this.#continuing.has(runId)) return true
    const isResent = ({ sides }: { readonly sides: Sides }) =>
      sides.role === 'assistant' && this.#shown.find(sides, { from: 0, until: this.#shown.length, butRunId: runId })
    if (!messages.some(isResent)) return false
    this.#continuing.add(runId)
    return true
  }

  #isNewSystem({ text }: Sides): boolean {
    if (this.#systems.has(text)) return false
    this.#systems.add(text)
    return true
  }
}

interface Where {
  readonly from: number
  readonly until: number
  /** Of this run alone. */
  readonly runId?: string | undefined
  /** Of any run but this. */
  readonly butRunId?: string
}

/** What was shown, in order, and where to look for each message: a session of 30,000 spans resends its history with each of its calls. */
class ShownMessages {
  readonly #list: Shown[] = []
  readonly #places = new Map<string, number[]>()

  get length(): number {
    return this.#list.length
  }

  push(shown: Shown): void {
    for (const key of keysOf(shown)) {
      const places = this.#places.get(key)
      if (places) places.push(this.#list.length)
      else this.#places.set(key, [this.#list.length])
    }
    this.#list.push(shown)
  }

  /** The first place at which the message stands. */
  find(sides: Sides, where: Where): { readonly at: number; readonly same: 'whole' | 'part' } | undefined {
    let first: { at: number; same: 'whole' | 'part' } | undefined
    for (const key of keysOf(sides)) {
      const places = this.#places.get(key) ?? []
      for (let i = firstAtLeast(places, where.from); i < places.length; i++) {
        const at = places[i]!
        if (at >= (first?.at ?? where.until)) break
        const same = this.#isIn(at, where) ? isSame(this.#list[at]!, sides) : undefined
        if (same) first = { at, same }
      }
    }
    return first
  }

  /** An agent's own span may give all that it said, one text after another, as its answer. */
  isRetold(sides: Sides, until: number, runId: string | undefined): boolean {
    if (sides.role !== 'assistant' || sides.calls.length > 0) return false
    const wanted = sides.text.replaceAll(' ', '')
    let told = ''
    for (let at = until - 1; at >= 0 && told.length < wanted.length; at--) {
      const one = this.#list[at]!
      if (one.role === 'assistant' && (runId === undefined || one.runId === runId))
        told = one.text.replaceAll(' ', '') + told
    }
    return told !== '' && told === wanted
  }

  #isIn(at: number, { runId, butRunId }: Where): boolean {
    const shown = this.#list[at]!
    return (runId === undefined || shown.runId === runId) && (butRunId === undefined || shown.runId !== butRunId)
  }
}

/** Two messages that are the same, whole or in part, share one of these. */
const keysOf = ({ role, text, calls, callIds }: Sides): Set<string> =>
  new Set([
    ...(text !== '' || calls.length === 0 ? [`${role} text ${text}`] : []),
    ...callIds.map((id) => `${role} id ${id}`),
    ...calls.map((call) => `${role} call ${call}`),
  ])

/** Index of the first number that is not below `least`, in ascending numbers. */
const firstAtLeast = (numbers: readonly number[], least: number): number => {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < least) low = middle + 1
    else high = middle
  }
  return low
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
