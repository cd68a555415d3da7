import { claudeCode, codex, copilot, geminiCli } from './coding-agents.ts'
import type { Dialect } from './dialect.ts'
import {
  crewai,
  dify,
  genkit,
  googleAdk,
  haystack,
  litellm,
  mastra,
  microsoft,
  n8n,
  openaiAgents,
  others,
  pydanticAi,
  strands,
} from './frameworks.ts'
import { bare, own } from './general.ts'
import { openinference } from './openinference.ts'
import { openllmetry } from './openllmetry.ts'
import { otelGenai } from './otel-genai.ts'
import { agentops, laminar, langfuse, langsmith, langwatch, mlflow, openlit } from './platforms.ts'
import { vercelAi } from './vercel-ai.ts'

/**
 * Every dialect, the most trusted first. Converters add OpenInference attributes beside the originals, LangSmith and Mastra write a generic
 * `gen_ai.operation.name` beside an exact word of their own: so the specific come before OTel GenAI, and bare names come last. Each is a family of keys;
 * none is chosen by the name or version of a framework.
 */
export const DIALECTS: readonly Dialect[] = [
  own,
  langfuse,
  langsmith,
  mastra,
  agentops,
  laminar,
  langwatch,
  genkit,
  haystack,
  mlflow,
  googleAdk,
  pydanticAi,
  strands,
  microsoft,
  crewai,
  openaiAgents,
  litellm,
  dify,
  n8n,
  others,
  openinference,
  openllmetry,
  vercelAi,
  copilot,
  codex,
  geminiCli,
  openlit,
  claudeCode,
  otelGenai,
  bare,
]

/** Version of all rules together; raise it when a change maps old telemetry differently (`Span.mapperVersion`). */
export const MAPPER_VERSION = 3
