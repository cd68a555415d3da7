import { type Kind, MODEL_KINDS } from '../../schema/model/kind.ts'
import { inputTotal, outputTotal } from '../../schema/model/usage.ts'
import { Groups } from './groups.ts'
import { hasEvidence, joinLogs } from './join-logs.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/** One call of a model: every span and log that tells of it, and the one whose usage counts. */
export interface ModelCall {
  readonly best: TallySpan
  readonly members: readonly TallySpan[]
  readonly failed: boolean
  /** A span that repeats only what its calls used, where none of them said so itself: the usage is this call's then. */
  readonly usageFrom: TallySpan | undefined
}

export interface ModelCalls {
  readonly calls: readonly ModelCall[]
  /** Other spans with usage below which nothing else carries any (semantics.md §1): they count once, but are no call that could be told apart. */
  readonly rollups: readonly TallySpan[]
  /** Calls whose usage is inside a roll-up that counts. */
  readonly covered: ReadonlySet<TallySpan>
}

/** Each call once, however many spans tell of it: by nesting, by the id of the answer, by standing beside each other at the same time. */
export const modelCallsOf = (tree: RunTree): ModelCalls => {
  const summaries = summariesOf(tree)
  const said = tree.spans.filter((span) => isCandidate(span) && !summaries.has(span))
  const preparations = preparationsOf(said, tree)
  const candidates = said.filter((span) => !preparations.has(span))
  const groups = new Groups()
  const wrapped = joinNested(candidates, tree, groups)
  const leaves = candidates.filter((span) => !wrapped.has(span))
  joinByResponseId(candidates, groups)
  joinLogs(candidates, tree, groups)
  joinSiblings(leaves, groups)
  const isLeaf = new Set(leaves)
  const calls = groups.of(candidates).flatMap((members) => {
    const own = members.filter((member) => isLeaf.has(member))
    return own.length === 0 || isHearsay(members) ? [] : [callOf(members, tree)]
  })
  const withWrappers = lendUsage(calls, wrapped)
  return { calls: withWrappers, ...rollupsOf(tree, withWrappers, new Set(candidates)) }
}

const isCandidate = (span: TallySpan): boolean =>
  MODEL_KINDS.includes(span.kind) && (span.kind !== 'evaluator' || (span.model !== '' && span.hasUsage))

/** A span that only its tokens made a call, with no word of a model, sums up what is below it where agents, tools or calls are. */
const summariesOf = (tree: RunTree): ReadonlySet<TallySpan> => {
  const anonymous = tree.spans.filter(isAnonymous)
  if (anonymous.length === 0) return NO_SPANS
  const above = new Set<TallySpan>()
  for (const span of tree.spans) if (isCandidate(span) || endsCall(span.kind)) tree.addAncestors(span, above)
  return new Set(anonymous.filter((span) => above.has(span)))
}

const isAnonymous = ({ kind, origin, model, requestModel, responseId }: TallySpan): boolean =>
  kind === 'llm' && origin === 'span' && model === '' && requestModel === '' && responseId === ''

/** Where one call ends: below an agent or a tool something else begins, though a streaming model span may contain it. */
const ENDS: ReadonlySet<Kind> = new Set<Kind>([
  'agent',
  'workflow',
  'tool',
  'retrieval',
  'guardrail',
  'evaluator',
  'handoff',
  'approval',
])
const endsCall = (kind: Kind): boolean => ENDS.has(kind)

/**
 * Some frameworks give the step that puts a request together the kind of a call. It answers nothing, and the call stands beside it: below the same
 * parent, from the same scope.
 */
const preparationsOf = (candidates: readonly TallySpan[], tree: RunTree): ReadonlySet<TallySpan> => {
  const silent = candidates.filter((span) => span.kind === 'llm' && span.parentSpanId !== '' && !hasEvidence(span))
  if (silent.length === 0) return NO_SPANS
  const places = new Set<string>()
  for (const span of candidates) if (span.kind === 'llm' && hasEvidence(span)) places.add(placeOf(span))
  return new Set(silent.filter((span) => places.has(placeOf(span)) && !tree.childrenOf(span).some(isCandidate)))
}

const NO_SPANS: ReadonlySet<TallySpan> = new Set()

const placeOf = (span: TallySpan): string => `${span.traceId}${span.parentSpanId}${span.origin}${span.scope}`

/** Records that only announce a call, and no span that made it. */
const isHearsay = (members: readonly TallySpan[]): boolean =>
  members.every((member) => member.origin === 'log' && !hasEvidence(member))

/**
 * A call inside a call of the same kind is the same call (a framework's span above the provider SDK's), unless several are inside: then the outer
 * one is a loop of attempts and each of them counts. Returns the outer spans of such loops with what they contain.
 */
const joinNested = (
  candidates: readonly TallySpan[],
  tree: RunTree,
  groups: Groups,
): ReadonlyMap<TallySpan, readonly TallySpan[]> => {
  const inside = new Map<TallySpan, TallySpan[]>()
  for (const span of candidates) {
    if (span.origin === 'log') continue
    const outer = tree.nearest(span, (kind) => kind === span.kind, endsCall)
    if (!outer || !isCandidate(outer)) continue
    const inner = inside.get(outer)
    if (inner) inner.push(span)
    else inside.set(outer, [span])
  }
  const loops = new Map<TallySpan, readonly TallySpan[]>()
  for (const [outer, inner] of inside) {
    const [only, another] = inner
    if (only && !another) groups.join(only, outer)
    else loops.set(outer, inner)
  }
  return loops
}

/** An id that so many different calls have is none. */
const SAME_ID_MAX = 8

/** The answer's id says it is the same call, unless the two cannot be: local servers number their answers from a small range. */
const joinByResponseId = (candidates: readonly TallySpan[], groups: Groups): void => {
  const byId = new Map<string, TallySpan[]>()
  for (const span of candidates) {
    if (span.responseId === '') continue
    const key = `${span.kind}\0${span.responseId}`
    const known = byId.get(key) ?? []
    const same = known.find((other) => isSameAnswer(span, other))
    if (same) groups.join(same, span)
    if (known.length < SAME_ID_MAX) byId.set(key, [...known, span])
  }
}

const isSameAnswer = (a: TallySpan, b: TallySpan): boolean => {
  if (a.provider !== b.provider && a.provider !== '' && b.provider !== '') return false
  return overlaps(a, b) || !a.hasUsage || !b.hasUsage || outputTotal(a.usage) === outputTotal(b.usage)
}

const endOf = (span: TallySpan): bigint => span.startNanos + span.durationNanos
const overlaps = (a: TallySpan, b: TallySpan): boolean => a.startNanos <= endOf(b) && b.startNanos <= endOf(a)

/**
 * Two instrumentations of one client, neither of whose spans is inside the other's: same parent, same model, one's time within the
 * other's. This finds failed calls, which have no answer and so no id.
 */
const joinSiblings = (leaves: readonly TallySpan[], groups: Groups): void => {
  if (leaves.every(({ scope }) => scope === leaves[0]?.scope)) return
  const byPlace = new Map<string, TallySpan[]>()
  for (const span of leaves) {
    if (span.origin === 'log' || span.parentSpanId === '') continue
    const place = [span.traceId, span.parentSpanId, span.kind, span.requestModel].join('\0')
    const known = byPlace.get(place)
    if (known) known.push(span)
    else byPlace.set(place, [span])
  }
  for (const spans of byPlace.values()) if (spans.some(({ scope }) => scope !== spans[0]?.scope)) pairUp(spans, groups)
}

/** Spans of one call start together: of many siblings only so many neighbours in time are compared. */
const NEIGHBOURS_MAX = 32

const pairUp = (spans: readonly TallySpan[], groups: Groups): void => {
  const paired = new Set<TallySpan>()
  for (const [i, inner] of spans.entries()) {
    if (paired.has(inner)) continue
    const outer = spans
      .slice(Math.max(0, i - NEIGHBOURS_MAX), i + NEIGHBOURS_MAX)
      .find((other) => other !== inner && !paired.has(other) && isBeside(inner, other, groups))
    if (!outer) continue
    groups.join(outer, inner)
    paired.add(inner).add(outer)
  }
}

const isBeside = (inner: TallySpan, outer: TallySpan, groups: Groups): boolean =>
  inner.scope !== outer.scope &&
  !groups.isTogether(inner, outer) &&
  (inner.responseId === '' || outer.responseId === '') &&
  inner.failed === outer.failed &&
  !(inner.hasUsage && outer.hasUsage && outputTotal(inner.usage) !== outputTotal(outer.usage)) &&
  outer.startNanos <= inner.startNanos &&
  endOf(inner) <= endOf(outer)

const callOf = (members: readonly TallySpan[], tree: RunTree): ModelCall => {
  const best = members.reduce((a, b) => (tellsMore(b, a, tree) ? b : a))
  const finest = members.reduce((a, b) => (isFiner(b, a) ? b : a), best)
  return {
    best,
    members,
    failed: members.some((member) => member.failed),
    usageFrom: finest === best ? undefined : finest,
  }
}

/** Which member stands for the call: a span before a log, one with usage, the one that splits it finest, then the innermost. */
const tellsMore = (a: TallySpan, b: TallySpan, tree: RunTree): boolean => {
  if (a.origin !== b.origin) return a.origin === 'span'
  if (a.hasUsage !== b.hasUsage) return a.hasUsage
  const finer = bits(a.usageReported) - bits(b.usageReported)
  if (finer !== 0) return finer > 0
  return depth(a, tree) > depth(b, tree)
}

/** Whose usage counts: a span's, unless a log has what it lacks: all of it, or the same input in finer parts. */
const isFiner = (a: TallySpan, b: TallySpan): boolean => {
  if (a.origin === b.origin || !a.hasUsage) return false
  if (!b.hasUsage) return true
  return (
    a.origin === 'log' && bits(a.usageReported & ~b.usageReported) > 0 && inputTotal(a.usage) === inputTotal(b.usage)
  )
}

const bits = (mask: number): number => {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}

const depth = (span: TallySpan, tree: RunTree): number => {
  let levels = 0
  for (const _ of tree.ancestorsOf(span)) levels++
  return levels
}

/** A loop of attempts whose attempts say nothing of usage: what the loop says belongs to the last attempt. */
const lendUsage = (
  calls: readonly ModelCall[],
  loops: ReadonlyMap<TallySpan, readonly TallySpan[]>,
): readonly ModelCall[] => {
  if (loops.size === 0) return calls
  const callOfMember = new Map(calls.flatMap((call) => call.members.map((member) => [member, call] as const)))
  const lent = new Map<ModelCall, TallySpan>()
  for (const [outer, inner] of loops) {
    if (!outer.hasUsage) continue
    const attempts = [...new Set(inner.flatMap((attempt) => callOfMember.get(attempt) ?? []))]
    const last = attempts.at(-1)
    if (last && attempts.every(({ best }) => !best.hasUsage)) lent.set(last, outer)
  }
  return calls.map((call) => (lent.has(call) ? { ...call, usageFrom: lent.get(call) } : call))
}

const rollupsOf = (
  tree: RunTree,
  calls: readonly ModelCall[],
  candidates: ReadonlySet<TallySpan>,
): Pick<ModelCalls, 'rollups' | 'covered'> => {
  const rest = tree.spans.filter((span) => span.hasUsage && span.origin === 'span' && !candidates.has(span))
  if (rest.length === 0) return { rollups: [], covered: NO_SPANS }
  const carriers = calls.flatMap(({ members, usageFrom }) => [
    ...members.filter(({ hasUsage }) => hasUsage),
    ...(usageFrom ? [usageFrom] : []),
  ])
  const said = new Set<TallySpan>()
  for (const carrier of carriers) tree.addAncestors(carrier, said)
  for (const span of rest) tree.addAncestors(span, said)
  const rollups = rest.filter((span) => !said.has(span))
  const covered = new Set<TallySpan>()
  for (const rollup of rollups) tree.addDescendants(rollup, covered)
  return {
    rollups,
    covered: new Set(
      calls.filter(({ members }) => members.some((member) => covered.has(member))).map(({ best }) => best),
    ),
  }
}
