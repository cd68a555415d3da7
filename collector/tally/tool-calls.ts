import type { Kind } from '../../schema/model/kind.ts'
import { Groups } from './groups.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/** One execution of a tool: client, server and framework may each have a span of it, and a pause makes two. */
export interface ToolCall {
  /** The outermost span, of the last attempt where it was paused. */
  readonly main: TallySpan
  readonly members: readonly TallySpan[]
  readonly name: string
  readonly arguments: string
  readonly failed: boolean
}

export const toolCallsOf = (tree: RunTree): readonly ToolCall[] => {
  const candidates = tree.spans.filter(({ kind }) => kind === 'tool')
  const groups = new Groups()
  for (const span of candidates) {
    const outer = tree.nearest(span, (kind) => kind === 'tool', endsExecution)
    if (outer && isSameExecution(span, outer)) groups.join(outer, span)
  }
  joinByCallId(candidates, groups)
  joinLogs(candidates, tree, groups)
  return groups.of(candidates).map((members) => toolCallOf(members, tree))
}

/** A tool that runs an agent or asks a model: what is below is other work, with tools of its own. */
const ENDS: ReadonlySet<Kind> = new Set<Kind>(['agent', 'workflow', 'llm', 'embedding', 'rerank', 'evaluator'])
const endsExecution = (kind: Kind): boolean => ENDS.has(kind)

const isSameExecution = (inner: TallySpan, outer: TallySpan): boolean => {
  if (inner.toolCallId !== '' && inner.toolCallId === outer.toolCallId) return true
  if (inner.toolCallId !== '' && outer.toolCallId !== '') return false
  return isSameName(inner.tool, outer.tool)
}

/** A span may not know the tool; an MCP server's tool may carry the server's name in front on one side. */
const isSameName = (a: string, b: string): boolean =>
  a === '' ||
  b === '' ||
  a === b ||
  a.endsWith(`.${b}`) ||
  b.endsWith(`.${a}`) ||
  a.endsWith(`__${b}`) ||
  b.endsWith(`__${a}`)

/** Ids that providers make are long and random; some instrumentations number the calls of each request anew (`get_weather_0`). */
const CALL_ID_CHARS_MIN = 12

const isNumbered = (id: string, tool: string): boolean => id[tool.length] === '_' && id.startsWith(tool)

const joinByCallId = (candidates: readonly TallySpan[], groups: Groups): void => {
  const byId = new Map<string, TallySpan>()
  for (const span of candidates) {
    const id = span.toolCallId
    if (id.length < CALL_ID_CHARS_MIN || isNumbered(id, span.tool)) continue
    const known = byId.get(id)
    if (!known) byId.set(id, span)
    else if (isSameName(known.tool, span.tool)) groups.join(known, span)
  }
}

/** A record is written when its tool has ended; pipelines of one process may differ by this. */
const LOG_DELAY_NANOS_MAX = 2_000_000_000n

/** A log without a call's id tells of the tool of its name that ended last before it, in its trace where it names one. */
const joinLogs = (candidates: readonly TallySpan[], tree: RunTree, groups: Groups): void => {
  const spans = candidates.filter(({ origin }) => origin === 'span')
  const told = new Set<TallySpan>()
  for (const log of candidates) {
    if (log.origin !== 'log') continue
    if (spans.some((span) => groups.isTogether(span, log))) continue
    const parent = tree.parentOf(log)
    const span = spans.findLast(
      (other) =>
        !told.has(other) &&
        isSameName(other.tool, log.tool) &&
        (other.traceId === log.traceId || log.parentSpanId === '') &&
        (other.toolCallId === '' || log.toolCallId === '') &&
        (parent === undefined || tree.parentOf(other) === parent || other === parent || log.parentSpanId === '') &&
        endOf(other) <= endOf(log) + LOG_DELAY_NANOS_MAX &&
        endOf(other) + LOG_DELAY_NANOS_MAX >= log.startNanos,
    )
    if (!span) continue
    told.add(span)
    groups.join(span, log)
  }
}

const endOf = ({ startNanos, durationNanos }: TallySpan): bigint => startNanos + durationNanos

const toolCallOf = (members: readonly TallySpan[], tree: RunTree): ToolCall => {
  const inGroup = new Set(members)
  const tops = members.filter((member) => ![...tree.ancestorsOf(member)].some((up) => inGroup.has(up)))
  const main = tops.findLast(({ origin }) => origin === 'span') ?? tops.at(-1) ?? members[0]
  if (!main) throw new Error('a group has at least one member')
  // A record may know of a failure that the span does not (Gemini CLI).
  const attempt = members.filter(
    (member) => member === main || member.origin === 'log' || [...tree.ancestorsOf(member)].includes(main),
  )
  return {
    main,
    members,
    name: main.tool || members.find(({ tool }) => tool !== '')?.tool || main.name,
    arguments: main.toolArguments || members.find(({ toolArguments }) => toolArguments !== '')?.toolArguments || '',
    failed: attempt.some(({ failed }) => failed),
  }
}
