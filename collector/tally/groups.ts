import type { TallySpan } from './tally-span.ts'

/** Spans that were found to tell of the same thing, joined pair by pair (union–find). */
export class Groups {
  readonly #leaders = new Map<TallySpan, TallySpan>()

  join(a: TallySpan, b: TallySpan): void {
    const leaderA = this.leaderOf(a)
    const leaderB = this.leaderOf(b)
    if (leaderA !== leaderB) this.#leaders.set(leaderB, leaderA)
  }

  isTogether(a: TallySpan, b: TallySpan): boolean {
    return this.leaderOf(a) === this.leaderOf(b)
  }

  leaderOf(span: TallySpan): TallySpan {
    let leader = span
    for (let up = this.#leaders.get(leader); up; up = this.#leaders.get(leader)) leader = up
    return leader
  }

  /** Groups of these spans, in the order of their first member. */
  of(spans: readonly TallySpan[]): readonly (readonly TallySpan[])[] {
    const byLeader = new Map<TallySpan, TallySpan[]>()
    for (const span of spans) {
      const leader = this.leaderOf(span)
      const group = byLeader.get(leader)
      if (group) group.push(span)
      else byLeader.set(leader, [span])
    }
    return [...byLeader.values()]
  }
}
