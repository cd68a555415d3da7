import type { Span } from '../../schema/api/shapes.ts'
import { spansOf } from './recording.ts'
import type { MockSession } from './sessions.ts'

export const fullSpanOf = (session: MockSession, spanId: string): Span | undefined => {
  const light = spansOf(session).find((span) => span.spanId === spanId)
  if (!light) return undefined
  return {
    ...light,
    traceId: session.traceIds[0]!,
    runId: session.traceIds[0]!,
    sessionId: session.id,
    spanKind: light.kind === 'llm' ? 'client' : 'internal',
    statusMessage: light.failed ? 'arguments invalid: amount_usd is required' : '',
    errorType: light.failed ? 'ToolArgumentError' : '',
    scope: { name: 'mock', version: '1' },
    traceState: '',
    flags: 1,
    dialect: 'gen_ai',
    rawKind: light.kind,
    mapperVersion: 1,
    provider: light.kind === 'llm' ? 'openai' : '',
    requestModel: light.model,
    responseId: '',
    finishReason: '',
    serviceTier: '',
    agentVersion: session.agentVersion,
    prompt: '',
    promptVersion: '',
    policyVersion: '',
    user: session.user,
    environment: session.environment,
    toolCallId: '',
    guardrail: light.kind === 'guardrail' ? light.name : '',
    verdict: '',
    inputSemantics: '',
    usageConflict: false,
    costReportedUsd: null,
    priceRef: null,
    attributes: { 'gen_ai.operation.name': light.kind === 'llm' ? 'chat' : 'execute_tool' },
    resource: { 'service.name': light.service },
    events: [],
    links: [],
    inputMessages: [{ role: 'user', parts: [{ type: 'text', text: session.firstInput }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', text: session.lastOutput }] }],
    toolDefinitions: [],
  }
}
