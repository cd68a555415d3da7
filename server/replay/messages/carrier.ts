import type { Message } from '../../../schema/api/shapes.ts'

/** Whatever may carry the messages of one span: its attributes (large bodies put back), its events, and the log records written in it. */
export interface Carrier {
  readonly attrs: Readonly<Record<string, string>>
  readonly events: readonly CarrierEvent[]
  readonly logs: readonly CarrierLog[]
}
export interface CarrierEvent {
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
}
export interface CarrierLog {
  readonly event_name: string
  readonly body: string
  readonly attrs: Readonly<Record<string, string>>
}

/** What one dialect's words say about one side of a span; undefined or empty where the span does not speak them. */
export interface MessageReader {
  readonly input: (carrier: Carrier) => Message[]
  readonly output: (carrier: Carrier) => Message[]
}

export const OPERATION_DETAILS = 'gen_ai.client.inference.operation.details'

/** Names of the events that carry messages, as span events or as log records (dialects.md §1.4). */
export const MESSAGE_EVENT_NAMES: readonly string[] = [
  OPERATION_DETAILS,
  'gen_ai.system.message',
  'gen_ai.user.message',
  'gen_ai.assistant.message',
  'gen_ai.tool.message',
  'gen_ai.choice',
  'gen_ai.content.prompt',
  'gen_ai.content.completion',
]
