import { bucketBit, type UsageBucket } from '../../schema/model/usage.ts'
import type { TallySpan } from './tally-span.ts'

/** Parts that a provider counts apart in its own replies. What telemetry leaves out of these stays in the parent bucket. */
const PARTS: Readonly<Record<string, readonly UsageBucket[]>> = {
  openai: ['cacheRead', 'reasoning'],
  'azure.ai.openai': ['cacheRead', 'reasoning'],
  anthropic: ['cacheRead', 'cacheWrite5m', 'cacheWrite1h'],
  'aws.bedrock': ['cacheRead', 'cacheWrite5m', 'cacheWrite1h'],
  'gcp.gemini': ['cacheRead', 'reasoning'],
  'gcp.gen_ai': ['cacheRead', 'reasoning'],
  'gcp.vertex_ai': ['cacheRead', 'reasoning'],
  x_ai: ['cacheRead', 'reasoning'],
  deepseek: ['cacheRead', 'reasoning'],
}

const MASKS: ReadonlyMap<string, number> = new Map(
  Object.entries(PARTS).map(([provider, parts]) => [provider, parts.reduce((mask, part) => mask | bucketBit(part), 0)]),
)

/** Bits of the buckets that this call left inside their parent although its provider tells them apart. */
export const unreportedOf = (call: Pick<TallySpan, 'kind' | 'provider' | 'usageReported' | 'hasUsage'>): number =>
  call.kind === 'llm' && call.hasUsage ? (MASKS.get(call.provider) ?? 0) & ~call.usageReported : 0
