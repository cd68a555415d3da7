import type { Message } from '../../schema/api/shapes.ts'
import { msOfNanos } from '../answers/time.ts'
import { type Draft, momentOf } from './draft.ts'
import type { SpanBody } from './load.ts'
import { type Node, upwards } from './tree.ts'

interface Asked {
  readonly id: string
  readonly tool: string
  readonly node: Node
  readonly at: bigint
}

interface Text {
  readonly node: Node
  readonly at: bigint
  readonly text: string
}

/**
 * Tools that had to wait for a person, where no span and no message says so in plain words. Frameworks end the run, name the call that waits in what
 * the agent gave ("approval", "interrupt", "suspended"), and go on in another trace: with the tool, or with a refusal in its place. Some say nothing
 * at all; then it shows by an agent whose run ended with a call that only a later run of an agent executed or refused.
 */
export class Pauses {
  readonly #asked = new Map<string, Asked>()
  readonly #answered = new Map<string, Text>()
  readonly #notices: Text[] = []
  readonly #resumes: Text[] = []

  asked(messages: readonly Message[], node: Node, at: bigint): void {
    for (const { parts } of messages)
      for (const { type, id, name } of parts)
        if (type === 'tool_call' && id && !this.#asked.has(id)) this.#asked.set(id, { id, tool: name ?? '', node, at })
  }

  answered(messages: readonly Message[], node: Node): void {
    for (const { parts } of messages)
      for (const { type, id, result } of parts)
        if (type === 'tool_result' && id && !this.#answered.has(id))
          this.#answered.set(id, { node, at: node.start, text: result ?? '' })
  }

  /** What a span other than a call gave and was given, where it speaks of waiting or of a decision. */
  outer(node: Node, body: SpanBody): void {
    for (const [key, text] of Object.entries(body.attrs)) {
      if (GIVEN.test(key) && NOTICE.test(text)) this.#notices.push({ node, at: node.end, text })
      if (TAKEN.test(key) && DECISION.test(text)) this.#resumes.push({ node, at: node.start, text })
    }
    for (const { name, attributes } of body.events) {
      const text = Object.values(attributes)
        .filter((value) => typeof value === 'string')
        .join('\n')
      if ((name === 'gen_ai.choice' || name === 'exception') && NOTICE.test(text))
        this.#notices.push({ node, at: node.end, text })
    }
  }

  /** One step for each call that waited, with what was decided. `tools` are all executions, `told` the approvals that are steps already. */
  steps(
    tools: readonly Draft[],
    told: readonly Draft[],
  ): { readonly steps: Draft[]; readonly decided: Map<Draft, Draft> } {
    const executed = new Map(tools.toReversed().map((draft) => [draft.toolCall?.id ?? '', draft]))
    const decided = new Map<Draft, Draft>()
    for (const draft of told) {
      const tool = draft.waitsFor === undefined ? undefined : executed.get(draft.waitsFor)
      if (draft.approval?.decision === 'pending' && tool) decided.set(draft, withDecision(draft, decisionBy(tool)))
    }
    const toldTools = new Set(told.map((draft) => draft.approval?.tool ?? ''))
    const steps = [...this.#asked.values(), ...this.#unasked()].flatMap((asked) => {
      if (toldTools.has(asked.tool)) return []
      const tool =
        this.#resumption(asked, tools) ??
        executed.get(asked.id) ??
        tools.find((one) => asked.id === '' && isLater(one, asked))
      const answer = this.#answered.get(asked.id)
      const resumed = isResumed(asked, tool, answer)
      const goneOn = resumed?.at ?? tool?.start ?? answer?.at
      if (!resumed && !this.#isNamed(asked, goneOn)) return []
      const decision =
        this.#said(asked) ?? resumed?.decision ?? (tool ? decisionBy(tool) : answer ? 'denied' : 'pending')
      return [waited(asked, goneOn, decision)]
    })
    return { steps, decided }
  }

  /** Executed by a later run of an agent that was not asked for it there: spans without ids show it so. */
  #resumption(asked: Asked, tools: readonly Draft[]): Draft | undefined {
    const asker = agentRunOf(asked.node)
    if (!asker) return undefined
    const askedIn = new Set(
      [...this.#asked.values()].filter(({ tool }) => tool === asked.tool).map((one) => agentRunOf(one.node)),
    )
    return tools.find(
      (one) =>
        isLater(one, asked) &&
        (one.toolCall?.id === '' || one.toolCall?.id === asked.id) &&
        one.agentRun !== undefined &&
        one.agentRun.start >= asker.end &&
        !askedIn.has(one.agentRun),
    )
  }

  /** Calls that only a notice names, where the telemetry of the call itself holds no messages. */
  #unasked(): readonly Asked[] {
    const found = new Map<string, Asked>()
    for (const { node, at, text } of this.#notices) {
      const [, tool = '', id = ''] = NAMED_CALL.exec(text) ?? NAMED_ACTION.exec(text) ?? []
      if (tool === '' || this.#asked.has(id) || [...this.#asked.values()].some((asked) => asked.tool === tool)) continue
      if (!found.has(id || tool)) found.set(id || tool, { id, tool, node, at })
    }
    return [...found.values()]
  }

  /** A notice names the call by its id, or an interrupt the tool by its name, before anything went on. */
  #isNamed({ id, tool, at }: Asked, goneOn: bigint | undefined): boolean {
    return this.#notices.some(
      (notice) =>
        notice.at >= at &&
        (goneOn === undefined || notice.at <= goneOn) &&
        (notice.text.includes(id) || (tool !== '' && INTERRUPT.test(notice.text) && notice.text.includes(tool))),
    )
  }

  /** What the run that went on was given says of this call, or of the one that waited. */
  #said({ id, at }: Asked): Decision | undefined {
    const later = this.#resumes.filter((resume) => resume.at >= at)
    const text = (later.find((resume) => resume.text.includes(id)) ?? later.find(({ text }) => /"resume"/.test(text)))
      ?.text
    const word = /"?approved"?:\s*(true|false)|"decisions":\s*\[\s*\{\s*"type":\s*"(\w+)"/i.exec(text ?? '')
    if (!word) return undefined
    return word[1] === 'true' || /^(?:approve|accept|edit)/.test(word[2] ?? '') ? 'approved' : 'denied'
  }
}

type Decision = 'approved' | 'denied' | 'pending'

const GIVEN = /output|result|response/i
const TAKEN = /input|prompt/i
const NOTICE = /approv|interrupt|suspend|confirmation/i
const INTERRUPT = /interrupt/i
const DECISION = /approved"?:|"decisions"/i
const REFUSAL = /not approved|was not allowed|reject|denied|declin|refus/i

/** A tool that ran was allowed to, unless what it gave is a refusal. */
const decisionBy = ({ toolCall }: Draft): Decision =>
  toolCall && !toolCall.ok && REFUSAL.test(`${toolCall.error ?? ''} ${toolCall.result}`) ? 'denied' : 'approved'

const withDecision = (draft: Draft, decision: Decision): Draft =>
  draft.approval ? { ...draft, approval: { ...draft.approval, decision } } : draft

const waited = (asked: Asked, goneOn: bigint | undefined, decision: Decision): Draft => ({
  ...momentOf(asked.node, goneOn ?? asked.at, 'approval', {
    name: asked.tool,
    approval: {
      tool: asked.tool,
      decision,
      by: '',
      waitedMs: goneOn === undefined ? 0 : msOfNanos((goneOn - asked.at).toString()),
    },
  }),
  phase: 0,
})

const NAMED_CALL = /"tool_?[nN]ame":\s*"([^"]+)"[^{}]*?"tool_?[cC]all_?[iI]d":\s*"([^"]+)"/
/** LangChain's interrupts, as Python prints them. */
const NAMED_ACTION = /['"]action_requests['"]:\s*\[\s*\{\s*['"]name['"]:\s*['"]([^'"]+)['"]/

const isLater = (draft: Draft, asked: Asked): boolean => draft.toolCall?.name === asked.tool && draft.start >= asked.at

/** The call was asked for by one run of an agent, and executed or refused by a later one. */
const isResumed = (
  asked: Asked,
  tool: Draft | undefined,
  answer: Text | undefined,
): { readonly at: bigint; readonly decision: Decision } | undefined => {
  const asker = agentRunOf(asked.node)
  if (!asker) return undefined
  const isAfter = (run: Node | undefined): boolean => run !== undefined && run !== asker && run.start >= asker.end
  if (answer && REFUSAL.test(answer.text) && isAfter(agentRunOf(answer.node)))
    return { at: answer.at, decision: 'denied' }
  return tool && isAfter(tool.agentRun) ? { at: tool.start, decision: decisionBy(tool) } : undefined
}

/**
 * The innermost run of an agent or workflow around a span. Traces of bare calls have none: they are joined by their session only, and there a tool
 * always stands in another trace than its request.
 */
export const agentRunOf = (node: Node): Node | undefined =>
  [...upwards(node)].find(({ span }) => span.kind === 'agent' || span.kind === 'workflow')
