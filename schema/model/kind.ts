/** What a span *is* for an agent (product.md, "kind"). The word in the column, the API, the chip and the test. */
export const KINDS = [
  'workflow',
  'agent',
  'llm',
  'embedding',
  'tool',
  'retrieval',
  'rerank',
  'guardrail',
  'evaluator',
  'handoff',
  'approval',
  'memory',
  'plan',
  'prompt',
  'step',
  'span',
] as const

export type Kind = (typeof KINDS)[number]

/** Kinds whose spans call a model, so that usage on them can count (semantics.md §1). An evaluator counts only if it names a model. */
export const MODEL_KINDS: readonly Kind[] = ['llm', 'embedding', 'rerank', 'evaluator']

/** A trace whose root is one of these has no agent span of its own: with a session id it joins the session's run (product.md, "run"). */
export const CALL_ROOT_KINDS: readonly Kind[] = ['llm', 'tool', 'retrieval', 'embedding', 'rerank']

export const OUTCOMES = ['success', 'failure', 'escalated', 'user_abandoned', 'infra_error', 'pending'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Who said it; for one run the first of these that spoke wins, then the latest (semantics.md §3). */
export const SCORE_SOURCES = ['system_of_record', 'human', 'code', 'llm', 'span'] as const
export type ScoreSource = (typeof SCORE_SOURCES)[number]

export const VERDICTS = ['pass', 'flag', 'redact', 'block', 'escalate', 'error'] as const
export type Verdict = (typeof VERDICTS)[number]
