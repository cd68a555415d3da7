import type { Step, ToolCall } from '../../schema/api/shapes.ts'
import { VERDICTS } from '../../schema/model/kind.ts'
import { CALL_COST_STATUSES } from '../../schema/model/run.ts'
import { unreportedBy } from '../answers/span.ts'
import { msOfNanos } from '../answers/time.ts'
import { bucketsOfRow, usageOf } from '../answers/usage.ts'
import type { CallRow, CheckRow } from '../queries/calls.ts'
import { type Draft, draftOf } from './draft.ts'
import type { SpanBody } from './load.ts'
import { field, listUnder } from './messages/flattened.ts'
import { isObject, parseJson, textOf } from './messages/json.ts'
import type { Node } from './tree.ts'

/** Tokens and money of a counted call; a span that is not counted shows neither, since another one does. */
export const countedOf = (call: CallRow): Partial<Step> => ({
  usage: usageOf(bucketsOfRow(call), unreportedBy(call)),
  costUsd: call.cost_usd,
  costStatus: CALL_COST_STATUSES[call.cost_status] ?? 'free',
  // The entry explains what the book says; where the emitter's own cost counts it would mislead.
  ...(call.price_ref === '' || CALL_COST_STATUSES[call.cost_status] === 'reported' ? {} : { priceRef: call.price_ref }),
})

export const modelCall = (node: Node, call: CallRow, body: SpanBody): Draft => {
  const { span } = node
  return {
    ...draftOf(node, 'model_call', {
      ...countedOf(call),
      status: call.failed ? 'error' : draftOf(node, 'model_call').status,
      model: call.model || span.model,
      provider: call.provider || span.provider,
      responseId: span.response_id,
      finishReason: span.finish_reason,
      ...(call.failed ? { error: errorOf(node, body) } : {}),
    }),
    isEmbedding: call.kind === 'embedding',
  }
}

/** Attributes that hold what a tool gave back (dialects.md §8); then those that hold what any span gave back. */
const RESULT_KEYS = [
  'gen_ai.tool.call.result',
  'ai.toolCall.result',
  'gcp.vertex.agent.tool_response',
  'tool_response',
  'mcp.response.value',
  'tool.result',
  'output.value',
  'traceloop.entity.output',
  'langfuse.observation.output',
  'mlflow.spanOutputs',
  'genkit:output',
  'output',
]
const ARGUMENT_KEYS = [
  'gen_ai.tool.call.arguments',
  'ai.toolCall.args',
  'tool.parameters',
  'input.value',
  'traceloop.entity.input',
]

export const toolCall = (
  node: Node,
  call: CallRow | undefined,
  body: SpanBody,
  validity: Pick<ToolCall, 'valid' | 'validationErrors' | 'schema'>,
): Draft => {
  const { span } = node
  const failed = call?.failed ?? span.failed
  const error = failed ? errorOf(node, body) : undefined
  return draftOf(node, 'tool_call', {
    ...(call && Number(call.cost_usd) !== 0 ? countedOf(call) : {}),
    name: span.tool || span.name,
    status: failed ? 'error' : draftOf(node, 'tool_call').status,
    toolCall: {
      id: span.tool_call_id,
      name: span.tool || span.name,
      arguments: span.tool_arguments || firstAttribute(body, ARGUMENT_KEYS),
      result: resultOf(body),
      ok: !failed,
      error: error ? error.message || error.type : null,
      ...validity,
    },
  })
}

/** A result on the span: in an attribute, or as the event that Strands and others write. */
export const resultOf = (body: SpanBody): string => {
  const attribute = firstAttribute(body, RESULT_KEYS)
  if (attribute !== '') return unwrapped(attribute)
  const given = body.events.findLast((event) => event.name === 'tool.output')?.attributes
  if (given) return textOf(given.output ?? given.content)
  const choice = body.events.findLast((event) => event.name === 'gen_ai.choice')?.attributes.message
  const parts = typeof choice === 'string' ? (parseJson(choice) ?? choice) : choice
  if (Array.isArray(parts))
    return parts.map((part) => (isObject(part) ? textOf(part.text ?? part.json ?? part) : textOf(part))).join('\n')
  return textOf(parts)
}

/** What a tool gave, out of the message object that LangChain, LlamaIndex and MCP wrap around it. */
const unwrapped = (text: string): string => {
  const value = /"(data|kwargs|blocks|content)"/.test(text) ? parseJson(text) : undefined
  if (!isObject(value)) return text
  const message = [value.data, value.kwargs].find(isObject) ?? value
  const content = message.content ?? message.blocks
  const isWrapped = message !== value || 'blocks' in value || 'isError' in value
  if (!isWrapped || content === undefined) return text
  if (typeof content === 'string') return content
  return Array.isArray(content) && content.every((part) => isObject(part) && typeof part.text === 'string')
    ? content.map((part: { text: string }) => part.text).join('\n')
    : text
}

export const retrieval = (node: Node, call: CallRow | undefined, body: SpanBody): Draft =>
  draftOf(node, 'retrieval', {
    ...(call && call.usage_reported > 0 ? countedOf(call) : {}),
    retrieval: {
      query: firstAttribute(body, [
        'gen_ai.retrieval.query.text',
        'reranker.query',
        'input.value',
        'traceloop.entity.input',
        'db.query.text',
      ]),
      documents: documentsOf(body),
    },
    ...failureOf(node, body),
  })

type Documents = NonNullable<Step['retrieval']>['documents']

const documentsOf = ({ attrs }: SpanBody): Documents => {
  const json = parseJson(attrs['gen_ai.retrieval.documents'])
  if (Array.isArray(json))
    return json.filter(isObject).map((document) => ({
      id: textOf(document.id),
      content: textOf(document.content ?? document.text),
      score: typeof document.score === 'number' ? document.score : null,
    }))
  const flattened = [...listUnder(attrs, 'retrieval.documents.'), ...listUnder(attrs, 'reranker.output_documents.')]
  return flattened.map((document) => {
    const score = Number.parseFloat(field(document, 'document', 'score'))
    return {
      id: field(document, 'document', 'id'),
      content: field(document, 'document', 'content'),
      score: Number.isFinite(score) ? score : null,
    }
  })
}

export const guardrail = (node: Node, check: CheckRow, body: SpanBody): Draft =>
  draftOf(node, 'guardrail', {
    name: check.name || node.span.name,
    guardrail: {
      name: check.name || node.span.name,
      verdict: VERDICTS.find((verdict) => verdict === check.verdict) ?? 'pass',
      detail:
        node.span.status_message ||
        firstAttribute(body, ['recount.guardrail.detail', 'guardrail.message', 'guardrail.reason', 'output.value']),
    },
    ...failureOf(node, body),
  })

export const approval = (node: Node, body: SpanBody): Draft =>
  draftOf(node, 'approval', {
    ...(node.span.tool_call_id === '' ? {} : { waitsFor: node.span.tool_call_id }),
    approval: {
      tool:
        firstAttribute(body, ['gen_ai.tool.name', 'tool_name', 'tool.name']) ||
        (node.parent?.span.kind === 'tool' ? node.parent.span.tool : node.span.tool),
      decision: decisionOf(attributeEndingIn(body, ['decision', 'approved', 'approval.status'])),
      by: attributeEndingIn(body, [
        'approval.by',
        'approved_by',
        'approver',
        'decided_by',
        'approval.user',
        'reviewer',
        'source',
      ]),
      waitedMs: msOfNanos(node.span.duration_nanos),
    },
  })

type Decision = NonNullable<Step['approval']>['decision']

export const decisionOf = (word: string): Decision => {
  if (/^(true|yes|ok|accept|allow|approve|grant)/i.test(word)) return 'approved'
  if (/^(false|no|deny|denied|reject|decline|block|abort)/i.test(word)) return 'denied'
  return /^(expire|time)/i.test(word) ? 'expired' : 'pending'
}

export const handoff = (node: Node, body: SpanBody): Draft => {
  const named =
    /(?:handoff|transfer)[\s_]+(?:from[\s_]+.*?)?(?:to[\s_]+|→\s*|->\s*)(.+)/i.exec(node.span.name)?.[1] ?? ''
  return draftOf(node, 'handoff', {
    handoff: {
      from: attributeEndingIn(body, ['from_agent', 'handoff.from', 'source_agent']) || node.agent,
      to: attributeEndingIn(body, ['to_agent', 'handoff.to', 'target_agent']) || named,
      subAgent: false,
    },
    ...failureOf(node, body),
  })
}

export const subAgentStart = (node: Node, call: CallRow | undefined, body: SpanBody): Draft =>
  draftOf(node, 'handoff', {
    ...(call ? countedOf(call) : {}),
    handoff: { from: node.enclosingAgent?.agent ?? '', to: node.agent, subAgent: true },
    ...failureOf(node, body),
  })

/** Steps that say no more than that they were there: memory, plan, workflow, prompt, loop and chain. */
export const plain = (node: Node, kind: 'memory' | 'plan' | 'step', call: CallRow | undefined, body: SpanBody): Draft =>
  draftOf(node, kind, { ...(call ? countedOf(call) : {}), ...failureOf(node, body) })

export const failureOf = (node: Node, body: SpanBody): Partial<Step> =>
  node.span.failed || node.span.status === 2 ? { error: errorOf(node, body) } : {}

export const errorOf = ({ span }: Node, body: SpanBody): NonNullable<Step['error']> => {
  const exception = body.events.findLast((event) => event.name === 'exception')?.attributes ?? {}
  return {
    type: span.error_type || textOf(exception['exception.type']) || body.attrs['error.type'] || '',
    message: span.status_message || textOf(exception['exception.message']) || body.attrs['error.message'] || '',
  }
}

const firstAttribute = ({ attrs }: SpanBody, keys: readonly string[]): string => {
  for (const key of keys) if (attrs[key]) return attrs[key]
  return ''
}

const attributeEndingIn = ({ attrs }: SpanBody, ends: readonly string[]): string => {
  for (const end of ends) {
    const key = Object.keys(attrs).find((name) => name === end || name.endsWith(`.${end}`) || name.endsWith(`_${end}`))
    if (key !== undefined && attrs[key]) return attrs[key]
  }
  return ''
}
