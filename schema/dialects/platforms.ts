import type { Dialect } from './dialect.ts'

// Platforms whose SDKs write names of their own (dialects.md §4.2–4.3, 4.12–4.13, 4.19), by family of keys. They come before the conventions: a platform's
// exact word for a span's kind stands beside a generic `gen_ai.operation.name` that it maps roughly.

/** Langfuse (§4.3): usage in disjoint buckets, in one JSON object. */
export const langfuse: Dialect = {
  id: 'langfuse',
  marks: ['langfuse.'],
  kinds: [
    {
      key: 'langfuse.observation.type',
      values: {
        generation: 'llm',
        embedding: 'embedding',
        agent: 'agent',
        tool: 'tool',
        chain: 'step',
        retriever: 'retrieval',
        guardrail: 'guardrail',
        evaluator: 'evaluator',
      },
    },
  ],
  aliases: {
    modelResponse: ['langfuse.observation.model.name'],
    usageJson: ['langfuse.observation.usage_details'],
    costJson: ['langfuse.observation.cost_details'],
    prompt: ['langfuse.observation.prompt.name', 'langfuse.prompt.name'],
    promptVersion: ['langfuse.observation.prompt.version', 'langfuse.prompt.version'],
    failure: ['langfuse.observation.level'],
    inputContent: ['langfuse.observation.input'],
    outputContent: ['langfuse.observation.output'],
    answer: ['langfuse.observation.output'],
  },
}

/** LangSmith (§4.2). Before gen_ai.operation.name: it writes `embeddings` there for a retriever and `chat` for a prompt template. */
export const langsmith: Dialect = {
  id: 'langsmith',
  marks: ['langsmith.'],
  kinds: [
    {
      key: 'langsmith.span.kind',
      values: {
        llm: 'llm',
        chain: 'step',
        tool: 'tool',
        retriever: 'retrieval',
        embedding: 'embedding',
        prompt: 'prompt',
        parser: 'step',
      },
    },
  ],
  aliases: { usageJson: ['langsmith.usage_metadata', 'langsmith.metadata.usage_metadata'] },
}

/** LangWatch (§4.19). */
export const langwatch: Dialect = {
  id: 'langwatch',
  marks: ['langwatch.'],
  kinds: [
    {
      key: 'langwatch.span.type',
      values: {
        llm: 'llm',
        chain: 'step',
        tool: 'tool',
        agent: 'agent',
        guardrail: 'guardrail',
        evaluation: 'evaluator',
        rag: 'retrieval',
        workflow: 'workflow',
        component: 'step',
        module: 'step',
        task: 'step',
      },
    },
  ],
  aliases: {
    costUsd: ['langwatch.span.cost'],
    session: ['langwatch.thread.id'],
    user: ['langwatch.user.id'],
    customer: ['langwatch.customer.id'],
    prompt: ['langwatch.prompt.id'],
    promptVersion: ['langwatch.prompt.version.number', 'langwatch.prompt.version.id'],
    inputContent: ['langwatch.input'],
    outputContent: ['langwatch.output'],
    answer: ['langwatch.output'],
  },
}

/** Laminar (§4.19). */
export const laminar: Dialect = {
  id: 'laminar',
  marks: ['lmnr.'],
  kinds: [
    {
      key: 'lmnr.span.type',
      values: {
        llm: 'llm',
        tool: 'tool',
        executor: 'step',
        evaluator: 'evaluator',
        human_evaluator: 'evaluator',
        evaluation: 'evaluator',
      },
    },
  ],
  aliases: {
    modelRequest: ['aisdk.model.id'],
    provider: ['aisdk.model.provider'],
    promptVersion: ['lmnr.span.prompt_hash'],
    inputContent: ['lmnr.span.input'],
    outputContent: ['lmnr.span.output'],
    answer: ['lmnr.span.output'],
  },
}

/** MLflow (§4.12) writes every value as JSON, so its words come with quotes. */
export const mlflow: Dialect = {
  id: 'mlflow',
  marks: ['mlflow.'],
  kinds: [
    {
      key: 'mlflow.spanType',
      values: {
        '"chat_model"': 'llm',
        '"llm"': 'llm',
        '"embedding"': 'embedding',
        '"retriever"': 'retrieval',
        '"reranker"': 'rerank',
        '"tool"': 'tool',
        '"agent"': 'agent',
        '"chain"': 'step',
        '"parser"': 'step',
        '"workflow"': 'workflow',
        '"task"': 'step',
        '"evaluator"': 'evaluator',
        '"guardrail"': 'guardrail',
        '"memory"': 'memory',
      },
    },
  ],
  aliases: {
    modelResponse: ['mlflow.llm.model'],
    provider: ['mlflow.llm.provider'],
    usageJson: ['mlflow.chat.tokenUsage'],
    costUsd: ['mlflow.llm.cost.total_cost'],
    costJson: ['mlflow.llm.cost'],
    session: ['mlflow.trace.session'],
    user: ['mlflow.trace.user'],
    prompt: ['mlflow.linkedPrompts'],
    toolDefinitions: ['mlflow.chat.tools'],
    inputContent: ['mlflow.spanInputs'],
    outputContent: ['mlflow.spanOutputs'],
    answer: ['mlflow.spanOutputs'],
  },
}

/** AgentOps (§4.13). */
export const agentops: Dialect = {
  id: 'agentops',
  marks: ['agentops.'],
  kinds: [
    {
      key: 'agentops.span.kind',
      values: {
        workflow: 'workflow',
        session: 'workflow',
        task: 'step',
        operation: 'step',
        agent: 'agent',
        tool: 'tool',
        llm: 'llm',
        chain: 'step',
        text: 'step',
        guardrail: 'guardrail',
      },
    },
  ],
  aliases: {
    entityName: ['agentops.entity.name'],
    agentId: ['agent.id'],
    session: ['workflow.session_id'],
    user: ['workflow.user_id'],
    env: ['agentops.environment'],
    ttft: [{ key: 'gen_ai.streaming.time_to_first_token', scale: 1e9 }],
    inputContent: ['agentops.entity.input'],
    outputContent: ['agentops.entity.output'],
  },
}

/** OpenLIT (§4.19) speaks OTel GenAI and adds a few names, some of them metrics' on spans. */
export const openlit: Dialect = {
  id: 'openlit',
  marks: ['gen_ai.application_name', 'coding_agent.'],
  kinds: [
    {
      key: 'coding_agent.span.kind',
      values: { session: 'agent', llm_turn: 'llm', tool_call: 'tool', edit_decision: 'approval', subagent: 'agent' },
    },
  ],
  aliases: {
    input: ['gen_ai.client.token.usage.input'],
    output: ['gen_ai.client.token.usage.output'],
    user: ['gen_ai.user.name'],
    env: ['gen_ai.environment'],
  },
}
