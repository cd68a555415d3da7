import type { AnyValue, ResourceLogs, ResourceSpans, WireSpan } from '../../schema/otlp/wire.ts'
import { attributesOf } from './agent-run.ts'

/** Sets a flag on the page, by an attribute, by a script element out of an attribute's quotes, and asks another server for an image. */
export const HOSTILE =
  '<img src=x onerror="window.harmed=1">"><script>window.harmed=2</script><img src="http://evil.example/t.png">'
/** The same through Markdown, which is rendered: links that run, images that tell that somebody reads, raw markup. */
const MARKDOWN = `# ${HOSTILE}

[press me](javascript:window.harmed=3) [or me](JaVaScRiPt&colon;window.harmed=4) [or](data:text/html,<script>window.harmed=5</script>)
![seen](http://evil.example/seen.png) ![x](x"onerror="window.harmed=6) <a href="javascript:window.harmed=7">raw</a> <svg onload="window.harmed=8">
<iframe srcdoc="<script>parent.harmed=9</script>"></iframe> <style>@import url(http://evil.example/a.css)</style> **bold** http://evil.example/auto

| a | b |
|---|---|
| ${HOSTILE.replaceAll('|', '')} | ![t](//evil.example/t.png) |
`
export const SESSION = `conv ${HOSTILE}`
export const TRACE = 'ee'.repeat(16)

const message = (role: string, ...parts: readonly Readonly<Record<string, unknown>>[]) => ({ role, parts })
const text = (content: string) => ({ type: 'text', content })
const call = {
  type: 'tool_call',
  id: `call ${HOSTILE}`,
  name: HOSTILE,
  arguments: { [HOSTILE]: HOSTILE, nested: [MARKDOWN] },
}
const INPUT = [message('system', text(MARKDOWN)), message('user', text(MARKDOWN))]
const OUTPUT = [message('assistant', { type: 'reasoning', content: MARKDOWN }, text(MARKDOWN), call)]
const TOOLS = [
  { type: 'function', name: HOSTILE, description: MARKDOWN, parameters: { type: 'object', required: [HOSTILE] } },
]

const COMMON = {
  'gen_ai.conversation.id': SESSION,
  'gen_ai.agent.name': HOSTILE,
  'gen_ai.agent.version': HOSTILE,
  'user.id': HOSTILE,
  team: HOSTILE,
  cost_center: HOSTILE,
  'customer.id': HOSTILE,
  'recount.policy.version': HOSTILE,
  'recount.workflow': HOSTILE,
  [HOSTILE]: MARKDOWN,
}

/** One run whose every text is hostile: agent, model, tool, guardrail, approval, retrieval, a failure of each sort. */
export const hostileSpans = (endMs: number): ResourceSpans[] => [
  {
    resource: {
      attributes: attributesOf({
        'service.name': HOSTILE,
        'deployment.environment.name': HOSTILE,
        [`resource ${HOSTILE}`]: HOSTILE,
      }),
    },
    scopeSpans: [{ scope: { name: HOSTILE, version: HOSTILE, attributes: [] }, spans: spans(endMs) }],
  },
]

const ROOT = 'a'.repeat(16)

const spans = (endMs: number): WireSpan[] => {
  const from = endMs - 10_000
  const chat = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': HOSTILE,
    'gen_ai.request.model': HOSTILE,
    'gen_ai.response.model': HOSTILE,
    'gen_ai.response.id': HOSTILE,
    'gen_ai.response.finish_reasons': { array: [HOSTILE] },
    'gen_ai.usage.input_tokens': 1200,
    'gen_ai.usage.output_tokens': 90,
    'gen_ai.input.messages': JSON.stringify(INPUT),
    'gen_ai.output.messages': JSON.stringify(OUTPUT),
    'gen_ai.tool.definitions': JSON.stringify(TOOLS),
    'gen_ai.prompt.name': HOSTILE,
  }
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': HOSTILE,
    'gen_ai.tool.call.id': `call ${HOSTILE}`,
    'gen_ai.tool.description': MARKDOWN,
    'gen_ai.tool.call.arguments': JSON.stringify(call.arguments),
    'gen_ai.tool.call.result': MARKDOWN,
    'error.type': HOSTILE,
  }
  return [
    span({
      id: ROOT,
      parent: '',
      from,
      ms: 10_000,
      more: { 'gen_ai.operation.name': 'invoke_agent', 'recount.outcome': 'failure' },
      failed: true,
    }),
    span({ id: '1', from: from + 100, ms: 900, more: chat }),
    span({ id: '2', from: from + 1100, ms: 500, more: tool, failed: true }),
    span({
      id: '3',
      from: from + 1700,
      ms: 50,
      more: {
        'openinference.span.kind': 'GUARDRAIL',
        'guardrail.name': HOSTILE,
        'gen_ai.guardrail.name': HOSTILE,
        'gen_ai.guardrail.verdict': 'block',
        'input.value': MARKDOWN,
        'output.value': MARKDOWN,
      },
    }),
    span({
      id: '4',
      from: from + 1800,
      ms: 90,
      more: {
        'openinference.span.kind': 'RETRIEVER',
        'input.value': MARKDOWN,
        'retrieval.documents.0.document.id': HOSTILE,
        'retrieval.documents.0.document.content': MARKDOWN,
        'retrieval.documents.0.document.metadata': JSON.stringify({ source: HOSTILE }),
      },
    }),
    span({ id: '5', from: from + 2000, ms: 70, more: { 'db.system': HOSTILE, 'db.query.text': HOSTILE } }),
    span({
      id: '6',
      from: from + 2100,
      ms: 700,
      more: { ...chat, 'error.type': HOSTILE },
      failed: true,
    }),
  ]
}

interface HostileSpan {
  readonly id: string
  readonly parent?: string
  readonly from: number
  readonly ms: number
  readonly more: Readonly<Record<string, AnyValue>>
  readonly failed?: boolean
}

const span = ({ id, parent = ROOT, from, ms, more, failed = false }: HostileSpan): WireSpan => {
  const start = BigInt(from) * 1_000_000n
  return {
    traceId: TRACE,
    spanId: id.padEnd(16, id),
    parentSpanId: parent,
    traceState: '',
    flags: 1,
    name: `span ${HOSTILE}`,
    kind: 1,
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(ms) * 1_000_000n,
    attributes: attributesOf({ ...COMMON, ...more }),
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    events: [
      {
        timeUnixNano: start + 1_000_000n,
        name: 'exception',
        attributes: attributesOf({
          'exception.type': HOSTILE,
          'exception.message': MARKDOWN,
          'exception.stacktrace': HOSTILE,
        }),
      },
      { timeUnixNano: start + 2_000_000n, name: `event ${HOSTILE}`, attributes: attributesOf({ [HOSTILE]: HOSTILE }) },
    ],
    links: [
      {
        traceId: 'dd'.repeat(16),
        spanId: 'd'.repeat(16),
        traceState: '',
        attributes: attributesOf({ [HOSTILE]: HOSTILE }),
      },
    ],
    status: failed ? { code: 2, message: MARKDOWN } : { code: 0, message: '' },
  }
}

const RECORDS: readonly {
  readonly eventName: string
  readonly body: AnyValue
  readonly attributes: Readonly<Record<string, AnyValue>>
}[] = [
  { eventName: '', body: MARKDOWN, attributes: { [HOSTILE]: HOSTILE } },
  {
    eventName: 'gen_ai.evaluation.result',
    body: null,
    attributes: {
      'gen_ai.evaluation.name': HOSTILE,
      'gen_ai.evaluation.score.label': HOSTILE,
      'gen_ai.evaluation.score.value': 0,
      'gen_ai.evaluation.explanation': MARKDOWN,
    },
  },
]

/** A log line of the run, and a score whose words are hostile. */
export const hostileLogs = (atMs: number): ResourceLogs[] => [
  {
    resource: { attributes: attributesOf({ 'service.name': HOSTILE, 'deployment.environment.name': HOSTILE }) },
    scopeLogs: [
      {
        scope: { name: HOSTILE, version: HOSTILE, attributes: [] },
        logRecords: RECORDS.map(({ eventName, body, attributes }) => ({
          timeUnixNano: BigInt(atMs) * 1_000_000n,
          observedTimeUnixNano: BigInt(atMs) * 1_000_000n,
          severityNumber: 17,
          severityText: HOSTILE,
          body,
          attributes: attributesOf({ ...COMMON, ...attributes }),
          flags: 1,
          traceId: TRACE,
          spanId: ROOT,
          eventName,
        })),
      },
    ],
  },
]
