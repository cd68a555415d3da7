import type { Dialect } from './dialect.ts'
import { bare, own } from './general.ts'
import { openinference } from './openinference.ts'
import { openllmetry } from './openllmetry.ts'
import { otelGenai } from './otel-genai.ts'
import { vendors } from './vendors.ts'
import { vercelAi } from './vercel-ai.ts'

/**
 * Every dialect, the most trusted first. Converters add OpenInference attributes beside the originals, LangSmith and Mastra write a generic
 * `gen_ai.operation.name` beside an exact word of their own: so the specific come before OTel GenAI, and bare names come last.
 */
export const DIALECTS: readonly Dialect[] = [own, vendors, openinference, openllmetry, vercelAi, otelGenai, bare]

/** Version of all rules together; raise it when a change maps old telemetry differently (`Span.mapperVersion`). */
export const MAPPER_VERSION = 1
