import type { Kind } from '../../schema/model/kind.ts'

/** Counted calls of these kinds are `modelCalls`; embeddings are counted apart, as `embeddingCalls` (interface.md, overview), as in a run's tally. */
export const MODEL_CALL_KINDS: readonly Kind[] = ['llm', 'evaluator']
