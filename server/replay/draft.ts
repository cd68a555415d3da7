import type { Step } from '../../schema/api/shapes.ts'
import { statusOf } from '../answers/run.ts'
import type { Node } from './tree.ts'

/** A step before its place in the list and its running totals are known. */
export interface Draft extends Omit<Step, 'seq' | 'totals'> {
  readonly start: bigint
  readonly end: bigint
  /** A call of an embedding model is a step of kind model_call, and is counted apart from `modelCalls` as everywhere. */
  readonly isEmbedding?: boolean
  /** Of an approval: the call of a tool that waits for it. Of a tool's call: the agent's run around it. Both for `pauses.ts`. */
  readonly waitsFor?: string
  readonly agentRun?: Node
  /** Order within one moment: 0 given to an outer span, 1 (or absent) steps as they came, 2 given by an outer span, 3 judgements. */
  readonly phase?: number
}

/** A step that stands for a span. */
export const draftOf = (node: Node, kind: Step['kind'], more: Partial<Step> = {}): Draft => ({
  kind,
  ...placeOf(node),
  name: node.span.name,
  status: statusOf(node.span.status === 2 || !node.span.failed ? node.span.status : 2),
  start: node.start,
  end: node.end,
  startNanos: node.span.start_nanos,
  durationNanos: node.span.duration_nanos,
  ...more,
})

/** A step without a length, at some moment of a span. */
export const momentOf = (node: Node, at: bigint, kind: Step['kind'], more: Partial<Step> = {}): Draft => ({
  kind,
  ...placeOf(node),
  name: node.span.name,
  status: 'unset',
  start: at,
  end: at,
  startNanos: at.toString(),
  durationNanos: '0',
  ...more,
})

const placeOf = (node: Node) => ({
  traceId: node.span.trace_id,
  spanId: node.span.span_id,
  parentSpanId: node.span.parent_span_id,
  depth: node.depth,
  agent: node.agent,
})
