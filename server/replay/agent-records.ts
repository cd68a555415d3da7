import type { Message, MessagePart, Step } from '../../schema/api/shapes.ts'
import { fitsEvent } from '../../schema/dialects/log-events.ts'
import type { LogRow } from '../queries/logs.ts'
import { decisionOf } from './span-steps.ts'

/**
 * Log records in which coding agents say what no span of theirs holds (dialects.md §5): the person's prompt, the answer in words, who let a tool run,
 * what a tool gave. By the last word of the event's name, so that any product fits.
 */
const EVENTS = {
  prompt: '*.user_prompt',
  answer: '*.assistant_response',
  decision: '*.tool_decision',
} as const
const RESULTS = ['*.tool_result', '*.tool_call', '*.tool.call'] as const

/** Ends of the names of events that a replay reads. */
export const AGENT_EVENT_ENDS: readonly string[] = [...Object.values(EVENTS), ...RESULTS].map((name) => name.slice(2))

export type AgentRecord =
  | { readonly type: 'message'; readonly log: LogRow; readonly at: bigint; readonly message: Message }
  | {
      readonly type: 'approval'
      readonly log: LogRow
      readonly at: bigint
      readonly approval: Approval
      readonly callId: string
    }
  | {
      readonly type: 'result'
      readonly log: LogRow
      readonly at: bigint
      readonly asked: Message
      readonly answered: Message
    }

type Approval = NonNullable<Step['approval']>

/** Records of a session that say something, oldest first. */
export const agentRecordsOf = (logs: readonly LogRow[]): readonly AgentRecord[] =>
  logs.flatMap((log): AgentRecord[] => {
    const at = BigInt(log.time_nanos)
    const is = (pattern: string): boolean => fitsEvent(pattern, log.event_name)
    if (is(EVENTS.prompt)) return said(log, at, 'user', firstOf(log, ['prompt', 'user_prompt', 'prompt_text']))
    if (is(EVENTS.answer)) return said(log, at, 'assistant', firstOf(log, ['response', 'response_text']))
    if (is(EVENTS.decision)) return [{ type: 'approval', log, at, ...decided(log) }]
    if (RESULTS.some(is)) return result(log, at)
    return []
  })

const said = (log: LogRow, at: bigint, role: string, text: string): AgentRecord[] =>
  text === '' ? [] : [{ type: 'message', log, at, message: { role, parts: [{ type: 'text', text }] } }]

const decided = (log: LogRow): { readonly approval: Approval; readonly callId: string } => ({
  approval: {
    tool: toolOf(log),
    decision: decisionOf(log.attrs.decision ?? ''),
    by: firstOf(log, ['source', 'decision_source']),
    waitedMs: 0,
  },
  callId: callIdOf(log),
})

const result = (log: LogRow, at: bigint): AgentRecord[] => {
  const id = callIdOf(log)
  const call: MessagePart = {
    type: 'tool_call',
    id,
    name: toolOf(log),
    arguments: firstOf(log, ['tool_input', 'function_args', 'arguments', 'tool_parameters']),
  }
  const text = firstOf(log, ['output', 'tool_result', 'tool_output', 'error', 'error.message'])
  return [
    {
      type: 'result',
      log,
      at,
      asked: { role: 'assistant', parts: [call] },
      answered: { role: 'tool', parts: text === '' || id === '' ? [] : [{ type: 'tool_result', id, result: text }] },
    },
  ]
}

const toolOf = (log: LogRow): string => firstOf(log, ['tool_name', 'function_name', 'gen_ai.tool.name'])

const callIdOf = (log: LogRow): string =>
  firstOf(log, ['tool_use_id', 'call_id', 'gen_ai.tool.call.id', 'tool_call_id'])

/** What was switched off stands as a placeholder. */
const firstOf = ({ attrs }: LogRow, keys: readonly string[]): string => {
  const key = keys.find((name) => attrs[name] && !/^<?\[?redacted\]?>?$/i.test(attrs[name]))
  return key === undefined ? '' : (attrs[key] ?? '')
}
