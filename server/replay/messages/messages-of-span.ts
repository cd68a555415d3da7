import type { Message } from '../../../schema/api/shapes.ts'
import type { Carrier, MessageReader } from './carrier.ts'
import { mastra } from './mastra.ts'
import { openInference } from './openinference.ts'
import { openLlmetry } from './openllmetry.ts'
import { otelAttributes, otelEvents, otelPromptAndCompletion } from './otel-genai.ts'
import { unpacked } from './parts.ts'
import { vercelAi } from './vercel-ai.ts'

/**
 * A span may speak several dialects at once (converters add theirs beside the original): the first that says anything about a side is
 * believed for that side, so that no message is read twice.
 */
const READERS: readonly MessageReader[] = [
  otelAttributes,
  vercelAi,
  openInference,
  openLlmetry,
  otelEvents,
  otelPromptAndCompletion,
  mastra,
]

export interface SpanMessages {
  readonly input: Message[]
  readonly output: Message[]
}

/** What a span was given and gave, in order, tool results included. */
export const messagesOfSpan = (carrier: Carrier): SpanMessages => ({
  input: firstSaid((reader) => reader.input(carrier)),
  output: firstSaid((reader) => reader.output(carrier)),
})

const firstSaid = (read: (reader: MessageReader) => Message[]): Message[] => {
  for (const reader of READERS) {
    const messages = read(reader).flatMap(unpacked)
    if (messages.length > 0) return messages
  }
  return []
}
