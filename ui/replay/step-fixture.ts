import type { Step, Totals } from '../../schema/api/shapes.ts'
import { emptyUsage, inputTotal, outputTotal, type UsageBuckets } from '../../schema/model/usage.ts'

/** Builds recordings for tests and the mock API: times in milliseconds, running totals computed as the server does. */
export type StepDraft = Partial<Omit<Step, 'startNanos' | 'durationNanos' | 'totals' | 'usage'>> & {
  readonly kind: Step['kind']
  readonly atMs: number
  readonly ms?: number
  readonly tokens?: Partial<UsageBuckets>
}

export const FIXTURE_ORIGIN_NANOS = 1_762_913_647_000_000_000n

export const stepsOf = (drafts: readonly StepDraft[], originNanos: bigint = FIXTURE_ORIGIN_NANOS): Step[] => {
  const steps = drafts.map((draft, seq) => toStep(draft, seq, originNanos))
  return steps.map((step) => ({ ...step, totals: totalsOf(steps, step) }))
}

export const usageOf = (tokens: Partial<UsageBuckets>) => {
  const buckets = { ...emptyUsage(), ...tokens }
  return { ...buckets, inputTotal: inputTotal(buckets), outputTotal: outputTotal(buckets), unreported: [] }
}

const toStep = ({ atMs, ms = 0, tokens, ...rest }: StepDraft, seq: number, originNanos: bigint): Step => ({
  seq,
  traceId: 'a1'.repeat(16),
  spanId: (seq + 1).toString(16).padStart(16, '0'),
  parentSpanId: '',
  depth: 0,
  agent: 'refund-agent',
  name: rest.kind,
  status: rest.error ? 'error' : 'unset',
  ...(tokens ? { usage: usageOf(tokens) } : {}),
  ...rest,
  startNanos: String(originNanos + BigInt(Math.round(atMs * 1e6))),
  durationNanos: String(Math.round(ms * 1e6)),
  totals: emptyTotals(),
})

const emptyTotals = (): Totals => ({
  usage: usageOf({}),
  costUsd: '0',
  modelCalls: 0,
  toolCalls: 0,
  errors: 0,
  guardrailHits: 0,
})

const totalsOf = (steps: readonly Step[], step: Step): Totals => {
  const end = (s: Step) => BigInt(s.startNanos) + BigInt(s.durationNanos)
  const done = steps.filter((s) => s === step || end(s) <= end(step))
  const buckets = emptyUsage()
  for (const s of done) {
    if (!s.usage) continue
    for (const key of Object.keys(buckets) as (keyof UsageBuckets)[]) buckets[key] += s.usage[key]
  }
  return {
    usage: usageOf(buckets),
    costUsd: done.reduce((sum, s) => sum + Number(s.costUsd ?? 0), 0).toFixed(6),
    modelCalls: done.filter((s) => s.kind === 'model_call').length,
    toolCalls: done.filter((s) => s.kind === 'tool_call').length,
    errors: done.filter((s) => s.status === 'error').length,
    guardrailHits: done.filter((s) => s.guardrail && s.guardrail.verdict !== 'pass').length,
  }
}
