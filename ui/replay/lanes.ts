import type { Step } from '../../schema/api/shapes.ts'
import { type Hue, STEP_LOOKS } from '../components/kind.ts'
import type { Recording } from './recording.ts'
import { shortModel } from './step-words.ts'

/** A bar of the timeline. `index` is -1 for a root agent's bar, which no step stands for. */
export interface Bar {
  readonly index: number
  readonly fromMs: number
  readonly toMs: number
  readonly lane: number
  readonly hue: Hue
  readonly label: string
}

interface MovingBar extends Omit<Bar, 'lane'> {
  lane: number
}

export interface Lanes {
  /** Ordered by lane, then by time. */
  readonly bars: readonly Bar[]
  readonly count: number
}

/**
 * Lays steps out so that agents nest: a root agent's bar on top, its steps below it, and a sub-agent as a block of bar and steps. Steps
 * that overlap take the next free lane. Time O(steps × lanes); messages and scores are no work and have no bar.
 */
export const layLanes = (rec: Recording, owner: Int32Array, failed: (step: Step) => boolean): Lanes => {
  const inside = new Map<number, number[]>()
  for (let i = 0; i < rec.steps.length; i++) {
    const siblings = inside.get(owner[i]!)
    if (siblings) siblings.push(i)
    else inside.set(owner[i]!, [i])
  }
  const bars: MovingBar[] = []
  let count = 0
  for (const root of rootAgents(rec, inside.get(-1) ?? [])) {
    bars.push({ index: -1, fromMs: root.fromMs, toMs: root.toMs, lane: 0, hue: 'agent', label: root.label })
    const block = pack(root.members)
    for (const bar of block.bars) bars.push(lowered(bar, 1))
    count = Math.max(count, block.height + 1)
  }
  bars.sort((a, b) => a.lane - b.lane || a.fromMs - b.fromMs)
  return { bars, count }

  function pack(members: readonly number[]): { bars: MovingBar[]; height: number } {
    const packed: MovingBar[] = []
    const free: number[] = []
    for (const i of members) {
      const block = blockOf(i)
      if (!block) continue
      const lane = firstFree(free, block.height, block.fromMs)
      for (let k = 0; k < block.height; k++) free[lane + k] = block.toMs
      for (const bar of block.bars) packed.push(lowered(bar, lane))
    }
    return { bars: packed, height: free.length }
  }

  function blockOf(i: number): (Pick<Bar, 'fromMs' | 'toMs'> & { bars: MovingBar[]; height: number }) | undefined {
    const step = rec.steps[i]!
    if (step.kind === 'message' || step.kind === 'evaluation') return undefined
    const hue = failed(step) ? 'error' : STEP_LOOKS[step.kind].hue
    const fromMs = rec.startMs[i]!
    const below = step.handoff?.subAgent ? pack(inside.get(i) ?? []) : { bars: [], height: 0 }
    const toMs = below.bars.reduce((end, bar) => Math.max(end, bar.toMs), rec.endMs[i]!)
    const own: MovingBar = { index: i, fromMs, toMs, lane: 0, hue, label: labelOf(step) }
    const nested = below.bars.map((bar) => lowered(bar, 1))
    return { fromMs, toMs, bars: [own, ...nested], height: 1 + below.height }
  }
}

/** Bars belong to the layout until it is done, so they are moved, not copied: there are tens of thousands. */
const lowered = (bar: MovingBar, lanes: number): MovingBar => {
  bar.lane += lanes
  return bar
}

const labelOf = (step: Step): string => {
  if (step.approval) return step.approval.by ? `waiting for ${step.approval.by}` : 'waiting for approval'
  return (
    step.handoff?.to ??
    step.toolCall?.name ??
    (step.model && shortModel(step.model)) ??
    step.guardrail?.name ??
    step.name
  )
}

interface RootAgent {
  readonly label: string
  readonly fromMs: number
  readonly toMs: number
  readonly members: readonly number[]
}

/** One bar per trace: each run of a session has its own root agent. */
const rootAgents = (rec: Recording, members: readonly number[]): RootAgent[] => {
  const byTrace = new Map<string, number[]>()
  for (const i of members) {
    const { traceId } = rec.steps[i]!
    const own = byTrace.get(traceId)
    if (own) own.push(i)
    else byTrace.set(traceId, [i])
  }
  // A trace of which only late scores are told has no place on the time scale.
  const timed = [...byTrace.values()].filter((own) => own[0]! < rec.lateFrom)
  return timed.map((own) => {
    const work = own.filter((i) => rec.steps[i]!.kind !== 'evaluation')
    const spanned = work.length > 0 ? work : own
    return {
      label: rec.steps[own.find((i) => rec.steps[i]!.depth === 0) ?? own[0]!]!.agent || 'agent',
      fromMs: Math.min(...extremes(spanned, rec.startMs)),
      toMs: Math.max(...extremes(spanned, rec.endMs)),
      members: own,
    }
  })
}

const extremes = (indexes: readonly number[], of: Float64Array): [number, number] => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const i of indexes) {
    if (of[i]! < low) low = of[i]!
    if (of[i]! > high) high = of[i]!
  }
  return [low, high]
}

/** Lowest lane from which `height` lanes are free at this moment. */
const firstFree = (free: readonly number[], height: number, atMs: number): number => {
  for (let lane = 0; ; lane++) {
    let fits = true
    for (let k = 0; k < height && fits; k++) fits = (free[lane + k] ?? Number.NEGATIVE_INFINITY) <= atMs
    if (fits) return lane
  }
}
