import type { Step } from '../../schema/api/shapes.ts'
import type { SpanBody } from './load.ts'
import { firstString, isObject, type JsonObject, parseJson } from './messages/json.ts'

export interface ApprovalInMessages {
  readonly id: string
  readonly approval: NonNullable<Step['approval']>
}

/** Prompts in which the Vercel AI SDK tells the model what a person decided (dialects.md §4.1). */
const CARRIERS = ['ai.prompt.messages', 'ai.prompt', 'gen_ai.input.messages'] as const

/** Decisions that stand in a call's messages: `tool-approval-response`, with the tool that its request and its call name. */
export const approvalsIn = ({ attrs }: SpanBody): ApprovalInMessages[] => {
  const text = CARRIERS.map((key) => attrs[key] ?? '').find((value) => value.includes('approval'))
  if (text === undefined) return []
  const parts: JsonObject[] = []
  collect(parseJson(text), parts)
  const typed = (type: string) => parts.filter((part) => firstString(part, 'type').replaceAll('-', '_') === type)
  return typed('tool_approval_response').map((response) => {
    const id = firstString(response, 'approvalId', 'approval_id')
    const request = typed('tool_approval_request').find((part) => firstString(part, 'approvalId', 'approval_id') === id)
    const callId = request ? firstString(request, 'toolCallId', 'tool_call_id') : ''
    const call = typed('tool_call').find((part) => firstString(part, 'toolCallId', 'id') === callId)
    return {
      id,
      approval: {
        tool: call ? firstString(call, 'toolName', 'name') : '',
        decision: response.approved === true ? 'approved' : response.approved === false ? 'denied' : 'pending',
        by: '',
        waitedMs: 0,
      },
    }
  })
}

/** Every object inside a list of messages, parts included. */
const collect = (value: unknown, into: JsonObject[]): void => {
  if (Array.isArray(value)) for (const item of value) collect(item, into)
  else if (isObject(value)) {
    into.push(value)
    for (const name of ['content', 'parts', 'messages', 'prompt']) collect(value[name], into)
  }
}
