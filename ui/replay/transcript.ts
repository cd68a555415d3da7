import type { Message, Step } from '../../schema/api/shapes.ts'
import type { Recording } from './recording.ts'

/** One line of the transcript: a step, and what belongs to it without being a line of its own. */
export interface TranscriptRow {
  /** Index of the step that the line stands for. */
  readonly index: number
  /** Steps that select this line: the call itself and the message it answered with. */
  readonly members: readonly number[]
  /** The answer that a model call gave, where it is the line's text. */
  readonly answer: Message | undefined
  /** Indentation: one per sub-agent, one more for what a model call led to. */
  readonly level: number
  /** A sub-agent's handoff: how many steps it holds, whether they are shown. */
  readonly agent: { readonly steps: number; readonly open: boolean } | undefined
}

const NESTED: ReadonlySet<Step['kind']> = new Set([
  'tool_call',
  'retrieval',
  'guardrail',
  'approval',
  'memory',
  'handoff',
  'evaluation',
  'error',
])

/**
 * The transcript's lines in reading order. A sub-agent's steps stand under its handoff even where several ran at once, so that each
 * reads as one conversation; closed sub-agents are one line.
 */
export const transcriptRows = (rec: Recording, owner: Int32Array, open: ReadonlySet<number>): TranscriptRow[] => {
  const answers = answersOf(rec.steps)
  const answered = new Set(answers.values())
  const children = new Map<number, number[]>()
  for (let i = 0; i < rec.steps.length; i++) {
    if (answered.has(i)) continue
    const siblings = children.get(owner[i]!)
    if (siblings) siblings.push(i)
    else children.set(owner[i]!, [i])
  }
  const sizes = new Map<number, number>()
  const sizeOf = (handoff: number): number => {
    const known = sizes.get(handoff)
    if (known !== undefined) return known
    const size = (children.get(handoff) ?? []).reduce((sum, i) => sum + 1 + (children.has(i) ? sizeOf(i) : 0), 0)
    sizes.set(handoff, size)
    return size
  }
  const rows: TranscriptRow[] = []
  const emit = (parent: number, level: number) => {
    let afterCall = false
    for (const i of children.get(parent) ?? []) {
      const step = rec.steps[i]!
      if (step.kind === 'model_call') afterCall = true
      if (step.message) afterCall = step.message.role === 'assistant'
      const nested = afterCall && NESTED.has(step.kind)
      const size = step.handoff?.subAgent ? sizeOf(i) : 0
      const answer = answers.get(i)
      rows.push({
        index: i,
        members: answer === undefined ? [i] : [i, answer],
        answer: answer === undefined ? undefined : rec.steps[answer]!.message,
        level: level + (nested ? 1 : 0),
        agent: size > 0 ? { steps: size, open: open.has(i) } : undefined,
      })
      if (size > 0 && open.has(i)) emit(i, level + (nested ? 1 : 0) + 1)
    }
  }
  emit(-1, 0)
  return rows
}

/** Model call → the assistant message that it answered with: same span, and after the call. What it was told before stays a line. */
const answersOf = (steps: readonly Step[]): Map<number, number> => {
  const calls = new Map<string, number>()
  const answers = new Map<number, number>()
  steps.forEach((step, i) => {
    const span = `${step.traceId}:${step.spanId}`
    if (step.kind === 'model_call' && !calls.has(span)) calls.set(span, i)
    const call = step.message?.role === 'assistant' ? calls.get(span) : undefined
    if (call !== undefined && !answers.has(call)) answers.set(call, i)
  })
  return answers
}

const rowIndexes = new WeakMap<readonly TranscriptRow[], Map<number, number>>()

/** Row that shows a step, itself or as its answer; -1 where the step is folded away. Looked up many times a second while playing. */
export const rowOf = (rows: readonly TranscriptRow[], index: number): number => {
  let byStep = rowIndexes.get(rows)
  if (!byStep) {
    byStep = new Map(rows.flatMap((row, i) => row.members.map((member) => [member, i] as const)))
    rowIndexes.set(rows, byStep)
  }
  return byStep.get(index) ?? -1
}

/** Sub-agents that must be open for a step to be seen. */
export const agentsAround = (owner: Int32Array, index: number): number[] => {
  const around: number[] = []
  for (let at = owner[index] ?? -1; at >= 0 && !around.includes(at); at = owner[at]!) around.push(at)
  return around
}

/** The words of a message, without tool calls and blobs. */
export const textOf = (message: Message | undefined): string =>
  (message?.parts ?? [])
    .filter((p) => p.type === 'text' && p.text)
    .map((p) => p.text)
    .join('\n\n')

/** Names of the tools that a message asks for. */
export const toolsAsked = (message: Message | undefined): string[] =>
  (message?.parts ?? []).flatMap((p) => (p.type === 'tool_call' ? [p.name || 'a tool'] : []))
