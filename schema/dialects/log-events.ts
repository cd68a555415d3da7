import type { Kind } from '../model/kind.ts'
import type { Field } from './dialect.ts'

/**
 * Log records that tell of a call (dialects.md §5, §9.9). A record becomes a row of its own (`Span.origin` log), and the tally joins it to whatever
 * else tells of the same call. Coding agents put their product's name in front of the event's, so a rule that starts with `*.` fits any product,
 * and the bare name.
 */
export interface LogRule {
  readonly event: string
  readonly kind: Kind
  /** Attributes that must have one of these values. */
  readonly where?: Readonly<Record<string, readonly string[]>>
  /** The record must say one of these, or it only announces a call. */
  readonly needs?: readonly Field[]
  /** The event is sent only where the call failed. */
  readonly failed?: boolean
}

const COMPLETED = { 'event.kind': ['response.completed', 'response.done', 'message_stop'] }
const OUTCOME: readonly Field[] = ['input', 'output', 'statusCode', 'errorType', 'success', 'failure']

export const LOG_RULES: readonly LogRule[] = [
  { event: 'gen_ai.client.inference.operation.details', kind: 'llm' },
  { event: 'gen_ai.client.operation.exception', kind: 'llm', failed: true },
  // One attempt at the provider, with its tokens (Claude Code) or its status only (Codex). Gemini CLI sends one before it asks: it says neither.
  { event: '*.api_request', kind: 'llm', needs: OUTCOME },
  { event: '*.websocket_request', kind: 'llm', needs: OUTCOME },
  { event: '*.api_response', kind: 'llm', needs: OUTCOME },
  { event: '*.api_error', kind: 'llm', failed: true },
  // The end of a stream has the tokens; every other piece of the stream is a record too.
  { event: '*.sse_event', kind: 'llm', where: COMPLETED, needs: ['input', 'output'] },
  { event: '*.websocket_event', kind: 'llm', where: COMPLETED, needs: ['input', 'output'] },
  // No calls: what the person and the agent said, for the run's first and last words.
  { event: '*.user_prompt', kind: 'prompt', needs: ['inputContent'] },
  { event: '*.assistant_response', kind: 'prompt', needs: ['outputContent'] },
  { event: '*.tool_result', kind: 'tool', needs: ['toolName'] },
  { event: '*.tool_call', kind: 'tool', needs: ['toolName'] },
  { event: '*.tool.call', kind: 'tool', needs: ['toolName'] },
]

const RULES_MAX = 2_000
const known = new Map<string, readonly LogRule[]>()

/** The rules for an event of this name, usually none. */
export const logRulesOf = (event: string): readonly LogRule[] => {
  const found = known.get(event)
  if (found) return found
  const rules = LOG_RULES.filter((rule) => fitsEvent(rule.event, event))
  if (known.size < RULES_MAX) known.set(event, rules)
  return rules
}

/** `*.api_request` fits `codex.api_request` and `api_request`. */
export const fitsEvent = (pattern: string, event: string): boolean =>
  pattern.startsWith('*.') ? event === pattern.slice(2) || event.endsWith(pattern.slice(1)) : event === pattern

/** Where a library for logs takes the place in the source for the event's name (Rust's `tracing`): `event otel/src/tool_result.rs:54`. */
const SOURCE_PLACE = /^event \S+:\d+$/

export const eventNameOf = (sent: string, attribute: string): string =>
  sent === '' || (attribute !== '' && SOURCE_PLACE.test(sent)) ? attribute || sent : sent
