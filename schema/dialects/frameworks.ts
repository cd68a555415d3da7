import type { Dialect } from './dialect.ts'

// Agent frameworks whose spans carry names of their own beside the conventions' (dialects.md §4.4–4.19), by family of keys.

/** Pydantic AI and Logfire (§4.4). A `pending_span` repeats a span before it has ended: it is nothing by itself. */
export const pydanticAi: Dialect = {
  id: 'pydantic-ai',
  marks: ['pydantic_ai.', 'logfire.'],
  kinds: [{ key: 'logfire.span_type', values: { pending_span: 'span' } }],
  aliases: {
    approval: ['pydantic_ai.tool.deferral.name'],
    agentId: ['gen_ai.agent.call.id'],
    toolArguments: ['tool_arguments'],
    inputContent: ['pydantic_ai.all_messages', 'all_messages_events'],
    outputContent: ['final_result', 'tool_response'],
  },
}

/** Google ADK (§4.5): the whole request and reply as JSON; its output leaves reasoning out. */
export const googleAdk: Dialect = {
  id: 'google-adk',
  marks: ['gcp.vertex.agent.', 'adk.'],
  kinds: [],
  aliases: {
    session: ['gcp.vertex.agent.session_id'],
    toolArguments: ['gcp.vertex.agent.tool_call_args'],
    outputContent: ['gcp.vertex.agent.tool_response'],
  },
}

/** AWS Strands (§4.6): milliseconds on attributes, underscores in usage names (read with OTel GenAI's). */
export const strands: Dialect = {
  id: 'strands',
  marks: ['event_loop.', 'gen_ai.event.start_time', 'gen_ai.agent.tools'],
  kinds: [],
  aliases: {
    failure: ['gen_ai.tool.status'],
    ttft: [{ key: 'gen_ai.server.time_to_first_token', scale: 1e6 }],
  },
}

/** Microsoft Agent Framework, Semantic Kernel, AutoGen (§4.7). */
export const microsoft: Dialect = {
  id: 'microsoft',
  marks: ['executor.', 'edge_group.', 'workflow_builder.', 'message.payload_type', 'sk.', 'agent_framework.'],
  kinds: [{ key: 'executor.type', values: {}, containing: [['', 'step']] }],
  aliases: {
    entityName: ['executor.id'],
    workflow: ['workflow.name'],
    toolName: ['agent_framework.function.name'],
  },
}

/** CrewAI's own telemetry (§4.8), if ever seen; users' spans arrive in another dialect. */
export const crewai: Dialect = {
  id: 'crewai',
  marks: ['crewai_version', 'crew_key', 'crew_id'],
  kinds: [],
  aliases: { agentVersion: ['crewai_version'] },
}

/** OpenAI Agents SDK (§4.9): handoffs name both sides, whoever exports them. */
export const openaiAgents: Dialect = {
  id: 'openai-agents',
  marks: ['openai.agents.'],
  kinds: [
    {
      key: 'openai.agents.span.type',
      values: {
        agent: 'agent',
        function: 'tool',
        generation: 'llm',
        response: 'llm',
        handoff: 'handoff',
        guardrail: 'guardrail',
        turn: 'step',
        task: 'step',
        custom: 'step',
        mcp_tools: 'step',
        transcription: 'llm',
        speech: 'llm',
        speech_group: 'step',
      },
    },
  ],
  aliases: { session: ['group_id'] },
}

/** Mastra (§4.10): generations, steps and inferences nest; flat usage names are read with OTel GenAI's. */
export const mastra: Dialect = {
  id: 'mastra',
  marks: ['mastra.'],
  kinds: [
    {
      key: 'mastra.span.type',
      values: {
        agent_run: 'agent',
        model_generation: 'llm',
        model_step: 'step',
        model_inference: 'llm',
        model_chunk: 'step',
        tool_call: 'tool',
        mcp_tool_call: 'tool',
        client_tool_call: 'tool',
        workflow_run: 'workflow',
        workflow_step: 'step',
        workflow_conditional: 'step',
        workflow_conditional_eval: 'step',
        workflow_parallel: 'step',
        workflow_loop: 'step',
        workflow_sleep: 'step',
        workflow_wait_event: 'step',
        processor_run: 'guardrail',
      },
    },
  ],
  aliases: {
    inputContent: ['mastra.agent_run.input', 'mastra.workflow_run.input', 'mastra.model_generation.input'],
    outputContent: ['mastra.agent_run.output', 'mastra.workflow_run.output', 'mastra.model_generation.output'],
  },
}

/** Genkit (§4.11): usage only inside the output's JSON. */
export const genkit: Dialect = {
  id: 'genkit',
  marks: ['genkit:'],
  kinds: [
    {
      key: 'genkit:metadata:subtype',
      values: {
        model: 'llm',
        'background-model': 'llm',
        embedder: 'embedding',
        tool: 'tool',
        'tool.v2': 'tool',
        retriever: 'retrieval',
        reranker: 'rerank',
        evaluator: 'evaluator',
        flow: 'workflow',
        prompt: 'prompt',
        executableprompt: 'prompt',
      },
    },
  ],
  aliases: {
    entityName: ['genkit:name'],
    usageJson: ['genkit:output'],
    workflow: ['genkit:metadata:flow:name'],
    failure: ['genkit:state'],
    inputContent: ['genkit:input'],
    outputContent: ['genkit:output'],
    answer: ['genkit:output'],
  },
}

/** LiteLLM's proxy (§4.14). */
export const litellm: Dialect = {
  id: 'litellm',
  marks: ['hidden_params', 'litellm.', 'llm.litellm.'],
  kinds: [],
  aliases: {
    costUsd: ['gen_ai.cost.total_cost'],
    guardrail: ['guardrail_name'],
    verdict: ['guardrail_status'],
  },
}

/** Dify (§4.15): kinds in `gen_ai.span.kind` (read with OTel GenAI's), nanoseconds to the first token. */
export const dify: Dialect = {
  id: 'dify',
  marks: ['dify.'],
  kinds: [
    {
      key: 'node.type',
      values: {
        llm: 'llm',
        agent: 'agent',
        tool: 'tool',
        'knowledge-retrieval': 'retrieval',
        code: 'step',
        'if-else': 'step',
        iteration: 'step',
        loop: 'step',
        start: 'step',
        end: 'step',
        answer: 'step',
        'http-request': 'step',
        'template-transform': 'step',
        'question-classifier': 'llm',
        'parameter-extractor': 'llm',
      },
    },
  ],
  aliases: {
    workflow: ['dify.workflow_id'],
    customer: ['dify.tenant_id'],
    ttft: [{ key: 'gen_ai.user.time_to_first_token', scale: 1 }],
    inputContent: ['retrieval.query'],
    outputContent: ['retrieval.document'],
  },
}

/** n8n (§4.16): workflow and node spans only, told apart by the node's type. */
export const n8n: Dialect = {
  id: 'n8n',
  marks: ['n8n.'],
  kinds: [
    {
      key: 'n8n.node.type',
      values: {},
      containing: [
        ['.lmchat', 'llm'],
        ['.lmopenai', 'llm'],
        ['.embeddings', 'embedding'],
        ['.reranker', 'rerank'],
        ['.vectorstore', 'retrieval'],
        ['.retriever', 'retrieval'],
        ['.guardrails', 'guardrail'],
        ['.memory', 'memory'],
        ['.agent', 'agent'],
        ['.tool', 'tool'],
        ['', 'step'],
      ],
    },
    { key: 'n8n.execution.mode', values: {}, containing: [['', 'workflow']] },
  ],
  aliases: {
    entityName: ['n8n.node.name'],
    workflow: ['n8n.workflow.name'],
    agentVersion: ['n8n.workflow.version_id'],
    failure: ['n8n.execution.status'],
    errorType: ['n8n.execution.error_type'],
  },
}

/** Haystack (§4.17). */
export const haystack: Dialect = {
  id: 'haystack',
  marks: ['haystack.'],
  kinds: [
    {
      key: 'haystack.component.type',
      values: { agent: 'agent' },
      containing: [
        ['generator', 'llm'],
        ['embedder', 'embedding'],
        ['retriever', 'retrieval'],
        ['ranker', 'rerank'],
        ['toolinvoker', 'step'],
      ],
    },
  ],
  aliases: {
    entityName: ['haystack.component.name'],
    toolName: ['haystack.tool.name'],
    toolCallId: ['haystack.tool.call.id'],
    approval: ['haystack.agent.hook.human_in_the_loop.strategy.decision'],
    failure: ['haystack.tool.error'],
    toolArguments: ['haystack.agent.step.tool.input'],
    inputContent: ['haystack.agent.input', 'haystack.agent.step.llm.input'],
    outputContent: ['haystack.agent.output', 'haystack.agent.step.tool.output', 'haystack.agent.step.llm.output'],
  },
}

/** LiveKit, Flue and other families met in peers' mappers (§4.19). */
export const others: Dialect = {
  id: 'others',
  marks: ['lk.', 'flue.'],
  kinds: [],
  aliases: {
    workflow: ['workflow.name'],
    toolName: ['lk.function_tool.name', 'flue.tool.name'],
    toolCallId: ['lk.function_tool.id', 'flue.tool.id'],
    toolArguments: ['lk.function_tool.arguments', 'flue.tool.arguments'],
    guardrail: ['guard.name', 'aws.bedrock.guardrail.id'],
    verdict: ['guard.action'],
    failure: ['lk.function_tool.is_error'],
    inputContent: ['lk.input_text', 'lk.user_transcript', 'lk.chat_ctx'],
    outputContent: ['lk.function_tool.output', 'flue.tool.result', 'lk.response.text'],
  },
}
