import type { Dialect } from './dialect.ts'

/** Recount's own attributes and OpenTelemetry's general ones (interface.md, "Attributes of our own"): believed before every dialect. */
export const own: Dialect = {
  id: 'recount',
  marks: [],
  kinds: [
    {
      key: 'recount.kind',
      values: { guardrail: 'guardrail', handoff: 'handoff', approval: 'approval', evaluator: 'evaluator' },
    },
  ],
  aliases: {
    session: ['langfuse.session.id', 'session.id'],
    user: ['langfuse.user.id', 'user.id', 'enduser.id'],
    env: ['langfuse.environment', 'deployment.environment.name', 'deployment.environment'],
    team: ['team'],
    costCenter: ['cost_center'],
    customer: ['customer.id'],
    workflow: ['recount.workflow'],
    policyVersion: ['recount.policy.version'],
    toolFeeUsd: ['recount.tool.fee_usd'],
    guardrail: ['recount.guardrail.name', 'guardrail.name'],
    verdict: ['recount.guardrail.verdict', 'guardrail.verdict'],
    outcome: ['recount.outcome'],
    errorType: ['error.type', 'exception.type'],
  },
  families: [
    'recount.experiment.',
    'recount.suite',
    'recount.case',
    'recount.trial',
    'recount.defence',
    'recount.limit.',
    'recount.outcome.key',
    'recount.review.',
    'import.source_id',
    'import.original_start',
    'import.synthetic_timing',
  ].map((prefix) => ({ prefix, family: 'labels' })),
}

/**
 * Bare names without a namespace (coding agents, older SDKs). Anybody may use them for anything, so they never make a span a model call; they
 * are read last, and only on a span that something else has shown to be one (`bare` in compile.ts).
 */
export const bare: Dialect = {
  id: 'bare',
  marks: [],
  kinds: [],
  aliases: {
    modelRequest: ['model', 'model_name'],
    responseId: ['request_id'],
    input: ['input_tokens', 'input_token_count'],
    cacheRead: ['cache_read_tokens', 'cached_token_count', 'cached_content_token_count'],
    cacheWrite: ['cache_creation_tokens', 'cache_write_token_count'],
    cacheWrite5m: ['cache_creation_5m_tokens'],
    cacheWrite1h: ['cache_creation_1h_tokens'],
    output: ['output_tokens', 'output_token_count'],
    reasoning: ['reasoning_token_count'],
    thoughts: ['thoughts_token_count'],
    totalTokens: ['total_token_count'],
    // Anthropic's own words, whose input leaves cached tokens out (dialects.md §6.3).
    cacheBeside: ['cache_creation_tokens', 'cache_read_tokens'],
    costUsd: ['cost_usd'],
    session: ['conversation.id'],
    user: ['user.email', 'enduser.pseudo.id', 'user.account_id', 'user.account_uuid'],
    agent: ['agent_name'],
    agentId: ['agent_id'],
    toolName: ['tool_name', 'function_name'],
    toolCallId: ['tool_use_id', 'call_id'],
    // `tool.parameters` is the schema for most emitters (OpenInference) and the arguments for some (AgentOps): believed last.
    toolArguments: ['tool_input', 'function_args', 'arguments', 'tool.parameters'],
    success: ['success'],
    statusCode: ['http.response.status_code', 'status_code', 'http.status_code'],
    duration: [{ key: 'duration_ms', scale: 1e6 }],
    errorType: ['error_type'],
    ttft: [{ key: 'ttft_ms', scale: 1e6 }],
    inputContent: ['user_prompt', 'input', 'prompt'],
    outputContent: ['response', 'output', 'tool.result'],
  },
}
