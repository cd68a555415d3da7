import type { Recording } from './recording.ts'

/**
 * Which sub-agent each step belongs to: index of the handoff step that started it, -1 in the root agent. A step's span knows its
 * parent, but between a step and its agent may lie spans that are no steps; there depth and agent name decide.
 */
export const owners = (rec: Recording): Int32Array => {
  const { steps } = rec
  const owner = new Int32Array(steps.length).fill(-1)
  const openers: number[] = []
  const bySpan = new Map<string, number>()
  steps.forEach((step, i) => {
    if (step.handoff?.subAgent) openers.push(i)
    // Several steps can share a span (a call and its messages); the first one stands for it, a handoff before all.
    const key = spanKey(step.traceId, step.spanId)
    if (!bySpan.has(key) || step.handoff) bySpan.set(key, i)
  })
  if (openers.length === 0) return owner
  for (let i = 0; i < steps.length; i++) owner[i] = ownerOf(i)
  return owner

  function ownerOf(i: number): number {
    return viaParents(i) ?? viaAgent(i)
  }

  function viaParents(i: number): number | undefined {
    const { traceId } = steps[i]!
    let at = bySpan.get(spanKey(traceId, steps[i]!.spanId))
    const own = at !== undefined && at !== i && steps[at]!.handoff?.subAgent ? at : undefined
    if (own !== undefined) return own
    at = bySpan.get(spanKey(traceId, steps[i]!.parentSpanId))
    for (let hops = 0; at !== undefined && at !== i && hops < HOPS_MAX; hops++) {
      if (steps[at]!.handoff?.subAgent) return at
      at = bySpan.get(spanKey(traceId, steps[at]!.parentSpanId))
    }
    return undefined
  }

  function viaAgent(i: number): number {
    const step = steps[i]!
    if (step.depth === 0 || step.handoff?.subAgent) return -1
    const started = (h: number) => h < i && steps[h]!.traceId === step.traceId && steps[h]!.handoff!.to === step.agent
    return (
      openers.findLast((h) => started(h) && rec.startMs[i]! <= Math.max(rec.endMs[h]!, rec.startMs[h]!)) ??
      openers.findLast(started) ??
      -1
    )
  }
}

/** Deeper nesting than this is a cycle in the telemetry. */
const HOPS_MAX = 512

const spanKey = (traceId: string, spanId: string) => (spanId ? `${traceId}:${spanId}` : '')
