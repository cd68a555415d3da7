import type { Database } from '../../schema/clickhouse/database.ts'
import { type Draft, momentOf } from './draft.ts'
import { eachBody, type Loaded } from './load.ts'
import { errorOf } from './span-steps.ts'
import { type Node, upwards } from './tree.ts'

/**
 * An `error` stands only where no other step carries the failure (interface.md): not for a failed span that has a step of its own, nor for one
 * above or below such a one, and of failed spans inside each other only for the innermost.
 */
export const errorSteps = async (
  database: Database,
  loaded: Loaded,
  nodes: readonly Node[],
  keysWithSteps: ReadonlySet<string>,
): Promise<Draft[]> => {
  const failed = nodes.filter(isFailed)
  const told = new Set<Node>()
  const tellUpwards = (node: Node) => {
    for (const up of upwards(node)) told.add(up)
  }
  const carriers = failed.filter((node) => keysWithSteps.has(node.key))
  for (const node of carriers) tellUpwards(node)
  const carries = new Set(carriers)
  const alone: Node[] = []
  for (const node of failed.toSorted((a, b) => b.level - a.level)) {
    if (told.has(node) || isRepeated(node, carriers) || [...upwards(node)].some((up) => carries.has(up))) continue
    alone.push(node)
    tellUpwards(node)
  }
  const byKey = new Map(alone.map((node) => [node.key, node]))
  const drafts: Draft[] = []
  await eachBody(
    database,
    loaded,
    alone.map((node) => node.span),
    (span, body) => {
      const node = byKey.get(`${span.trace_id}/${span.span_id}`)!
      const exception = body.events.findLast((event) => event.name === 'exception')
      const at = exception ? BigInt(exception.timeNanos) : node.end
      drafts.push(momentOf(node, at, 'error', { status: 'error', error: errorOf(node, body) }))
    },
  )
  return drafts
}

const isFailed = ({ span }: Node): boolean => span.status === 2 || span.failed

/** Spans that only repeat a counted call (a provider's span beside the framework's) fail with it. */
const isRepeated = (node: Node, carriers: readonly Node[]): boolean =>
  (node.span.kind === 'llm' || node.span.kind === 'tool') &&
  carriers.some((other) => other.span.kind === node.span.kind && other.span.trace_id === node.span.trace_id)
