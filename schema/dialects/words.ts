import type { Kind, Verdict } from '../model/kind.ts'

/** First words of span names that older emitters used before there was an attribute for the kind. */
export const NAME_KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['invoke_agent', 'agent'],
  ['invoke_swarm', 'workflow'],
  ['invoke_graph', 'workflow'],
  ['invoke_workflow', 'workflow'],
  ['workflow.run', 'workflow'],
  ['executor.process', 'step'],
  ['execute_tool', 'tool'],
  ['haystack.pipeline.run', 'workflow'],
  ['haystack.agent.run', 'agent'],
  ['haystack.agent.step', 'step'],
  ['haystack.agent.step.llm', 'llm'],
  ['haystack.agent.step.tool', 'tool'],
  ['haystack.chat_generator.run', 'llm'],
  ['execute_event_loop_cycle', 'step'],
])

/** Words before a tool's name in a span's name. */
export const TOOL_NAME_PREFIXES: readonly string[] = [
  'execute_tool ',
  'MCP send tools/call ',
  'tools/call ',
  'running tool: ',
  'running tool ',
]

/** What frameworks call a span of several tool calls together: their calls have spans of their own. */
export const PSEUDO_TOOLS: ReadonlySet<string> = new Set(['(merged tools)', '(merged)'])

/**
 * Exceptions by which a framework leaves a step on purpose: to ask a person, to hand over, to stop a graph. The span may have status ERROR,
 * nothing failed.
 */
export const CONTROL_FLOW_EXCEPTIONS: ReadonlySet<string> = new Set([
  'GraphInterrupt',
  'NodeInterrupt',
  'GraphBubbleUp',
  'ParentCommand',
  'CallDeferred',
  'ApprovalRequired',
  'InterruptException',
])

/** Words for a guardrail's verdict, lower case. */
export const VERDICT_WORDS: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ['pass', 'pass'],
  ['passed', 'pass'],
  ['allow', 'pass'],
  ['allowed', 'pass'],
  ['success', 'pass'],
  ['ok', 'pass'],
  ['none', 'pass'],
  ['flag', 'flag'],
  ['flagged', 'flag'],
  ['warn', 'flag'],
  ['warning', 'flag'],
  ['redact', 'redact'],
  ['redacted', 'redact'],
  ['mask', 'redact'],
  ['masked', 'redact'],
  ['anonymized', 'redact'],
  ['block', 'block'],
  ['blocked', 'block'],
  ['deny', 'block'],
  ['denied', 'block'],
  ['reject', 'block'],
  ['rejected', 'block'],
  ['fail', 'block'],
  ['failed', 'block'],
  ['intervened', 'block'],
  ['guardrail_intervened', 'block'],
  ['triggered', 'block'],
  ['escalate', 'escalate'],
  ['escalated', 'escalate'],
  ['review', 'escalate'],
  ['error', 'error'],
  ['guardrail_failed_to_respond', 'error'],
])

/** Span events with one message each (≤ 1.36), and what their content is to the span. */
export const CONTENT_EVENTS: ReadonlyMap<string, 'inputContent' | 'outputContent' | 'toolArguments'> = new Map([
  ['gen_ai.user.message', 'inputContent'],
  ['gen_ai.choice', 'outputContent'],
  ['gen_ai.tool.message', 'toolArguments'],
  ['tool.output', 'outputContent'],
])

/** Span events whose attributes are the call's own. */
export const DETAIL_EVENTS: ReadonlySet<string> = new Set([
  'gen_ai.client.inference.operation.details',
  'gen_ai.content.prompt',
  'gen_ai.content.completion',
])

export const EVALUATION_EVENT = 'gen_ai.evaluation.result'

/** Values that stand where an id was removed, or that only look like one. */
export const NOT_IDS: ReadonlySet<string> = new Set([
  'none',
  'null',
  'undefined',
  'nan',
  '***',
  '<redacted>',
  '[redacted]',
  '__redacted__',
  '-',
  'unknown',
])

/** Ids of answers. Some frameworks put the last answer's where the conversation's belongs: it changes every turn, so it is no session. */
export const RESPONSE_ID = /^(?:resp_|chatcmpl-|msg_|gen-)[\w-]{8,}$/
