import type { Kind } from '../../schema/model/kind.ts'
import { latest } from './latest.ts'
import { byStart } from './order.ts'
import type { TallySpan } from './tally-span.ts'

/** Spans of one run, each identity once, in the one order, with their parents. */
export class RunTree {
  readonly spans: readonly TallySpan[]
  readonly #parents = new Map<TallySpan, TallySpan>()
  readonly #children = new Map<TallySpan, TallySpan[]>()

  constructor(versions: readonly TallySpan[]) {
    const last = latest(versions)
    this.spans = [...last.spans].sort(byStart)
    for (const span of this.spans) {
      if (span.parentSpanId === '' || span.parentSpanId === span.spanId) continue
      const parent = last.get(span.traceId, span.parentSpanId)
      if (!parent) continue
      this.#parents.set(span, parent)
      const siblings = this.#children.get(parent)
      if (siblings) siblings.push(span)
      else this.#children.set(parent, [span])
    }
  }

  parentOf(span: TallySpan): TallySpan | undefined {
    return this.#parents.get(span)
  }

  childrenOf(span: TallySpan): readonly TallySpan[] {
    return this.#children.get(span) ?? NONE
  }

  /**
   * Parents from the nearest up, so many at most that a chain of ten thousand spans does not cost their square. Ends by that also where spans are one
   * another's parents, which broken telemetry can say.
   */
  *ancestorsOf(span: TallySpan): Generator<TallySpan> {
    let steps = 0
    for (let up = this.parentOf(span); up && up !== span && steps < ANCESTORS_MAX; up = this.parentOf(up), steps++)
      yield up
  }

  /** Adds every ancestor of a span, however many; who is above one that is in the set is in it too. */
  addAncestors(span: TallySpan, to: Set<TallySpan>): void {
    for (let up = this.parentOf(span); up && !to.has(up); up = this.parentOf(up)) to.add(up)
  }

  /** Adds everything below a span. */
  addDescendants(span: TallySpan, to: Set<TallySpan>): void {
    const waiting = [span]
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      for (const child of this.childrenOf(next)) {
        if (to.has(child)) continue
        to.add(child)
        waiting.push(child)
      }
    }
  }

  /** Nearest ancestor of one of the kinds, not looking past an ancestor of a kind that begins something else. */
  nearest(span: TallySpan, wanted: (kind: Kind) => boolean, ends: (kind: Kind) => boolean): TallySpan | undefined {
    for (const up of this.ancestorsOf(span)) {
      if (wanted(up.kind)) return up
      if (ends(up.kind)) return undefined
    }
    return undefined
  }

  /** Spans without a parent here: roots, and orphans of a root that was lost. Rows derived from logs are none. */
  get roots(): readonly TallySpan[] {
    return this.spans.filter((span) => span.origin === 'span' && !this.parentOf(span))
  }
}

/** Nothing that encloses a call in any framework is farther away. */
const ANCESTORS_MAX = 256

const NONE: readonly TallySpan[] = []
