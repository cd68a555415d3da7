import { diffArrays, diffWordsWithSpace } from 'diff'
import type { Message } from '../../schema/api/shapes.ts'

/** A stretch of a prompt: what both calls were told, what only this one was, what only the one before was. */
export interface PromptPart {
  readonly kind: 'same' | 'added' | 'removed'
  readonly messages: readonly Message[]
}

/** How a call's prompt differs from the one before it, message by message. */
export const diffPrompts = (before: readonly Message[], now: readonly Message[]): PromptPart[] =>
  diffArrays([...before], [...now], { comparator: sameMessage }).map((change) => ({
    kind: change.added ? 'added' : change.removed ? 'removed' : 'same',
    messages: change.value,
  }))

export interface TextPart {
  readonly kind: PromptPart['kind']
  readonly text: string
}

/** Above this a word diff costs more than it tells; the texts are shown one after the other. */
const WORD_DIFF_CHARS_MAX = 20_000

/** Words that changed in a message that was rewritten, such as a system prompt with a new date in it. */
export const diffText = (before: string, now: string): TextPart[] => {
  if (before.length + now.length > WORD_DIFF_CHARS_MAX) {
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: now },
    ]
  }
  return diffWordsWithSpace(before, now).map((c) => ({
    kind: c.added ? 'added' : c.removed ? 'removed' : 'same',
    text: c.value,
  }))
}

/** A message as plain text, for comparing and for folding by size. */
export const plainText = (message: Message): string =>
  message.parts
    .map((p) => {
      if (p.type === 'tool_call') return `${p.name ?? 'tool'}(${p.arguments ?? ''})`
      if (p.type === 'tool_result') return p.result ?? p.text ?? ''
      return p.text ?? p.uri ?? `[${p.mimeType ?? p.type}]`
    })
    .join('\n')

const sameMessage = (a: Message, b: Message) => a.role === b.role && plainText(a) === plainText(b)
