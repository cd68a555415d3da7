import type { Message, Step } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import type { Kind } from '../../schema/model/kind.ts'
import type { CallRow, CheckRow } from '../queries/calls.ts'
import type { AgentRecord } from './agent-records.ts'
import { approvalsIn } from './approvals.ts'
import { Conversation } from './conversation.ts'
import { type Draft, momentOf } from './draft.ts'
import { errorSteps } from './error-steps.ts'
import { scoreSteps } from './evaluations.ts'
import { eachBody, type Loaded, type SpanBody } from './load.ts'
import { maskingSteps } from './masking-steps.ts'
import { messagesOfSpan, type SpanMessages } from './messages/messages-of-span.ts'
import { plainInput, plainOutput } from './messages/plain-io.ts'
import { agentRunOf, Pauses } from './pauses.ts'
import { RequestedCalls } from './requested-calls.ts'
import { approval, guardrail, handoff, modelCall, plain, retrieval, subAgentStart, toolCall } from './span-steps.ts'
import { withTotals } from './totals.ts'
import { type Node, treeOf, upwards } from './tree.ts'
import { Offers } from './validation.ts'

/** All steps of what was loaded, in order, with running totals. Bodies of spans are read in batches and let go. */
export const assemble = async (database: Database, loaded: Loaded): Promise<Step[]> => {
  const nodes = treeOf(loaded.spans)
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const work = new Assembly(loaded, nodes, byKey)
  const primary = nodes.filter((node) => work.isPrimary(node))
  await eachBody(database, loaded, primary.map(spanOf), (span, body) =>
    work.take(byKey.get(`${span.trace_id}/${span.span_id}`)!, body),
  )
  work.flush()
  const outer = nodes.filter((node) => work.mayHoldMore(node))
  await eachBody(database, loaded, outer.map(spanOf), (span, body) =>
    work.takeLeftOver(byKey.get(`${span.trace_id}/${span.span_id}`)!, body),
  )
  const silent = outer.filter((node) => work.isSilentRoot(node))
  await eachBody(database, loaded, silent.map(spanOf), (span, body) =>
    work.takePlain(byKey.get(`${span.trace_id}/${span.span_id}`)!, body),
  )
  const drafts = [...work.finished(), ...(await errorSteps(database, loaded, nodes, work.keysWithSteps))]
  return withTotals(drafts.sort(inOrder))
}

const spanOf = (node: Node) => node.span

/** What happened at one moment: what an outer span was given, the steps as they were made, what an outer span gave, then judgements. */
const inOrder = (a: Draft, b: Draft): number =>
  a.start < b.start ? -1 : a.start > b.start ? 1 : (a.phase ?? 1) - (b.phase ?? 1)

/** Spans whose messages repeat what calls inside of them carried, or hold what no call did. */
const OUTER: ReadonlySet<Kind> = new Set<Kind>(['agent', 'workflow', 'step', 'llm'])
const PLAIN_STEPS: Partial<Record<Kind, 'memory' | 'plan' | 'step'>> = {
  memory: 'memory',
  plan: 'plan',
  step: 'step',
  workflow: 'step',
  prompt: 'step',
}

interface Answer {
  readonly node: Node
  readonly at: bigint
  readonly messages: readonly Message[]
}

class Assembly {
  readonly #loaded: Loaded
  readonly #offers: Offers
  readonly #offeredBy: readonly Node[]
  readonly #runOfTrace: ReadonlyMap<string, string>
  readonly #checks: ReadonlyMap<string, CheckRow>
  readonly #toolStarts: ReadonlyMap<string, bigint>
  readonly #conversation = new Conversation()
  readonly #requested = new RequestedCalls()
  readonly #pauses = new Pauses()
  /** Messages that records tell; a call may carry them among more words of the same person. */
  readonly #recorded = new Set<Draft>()
  #records: readonly AgentRecord[]
  readonly #approvals = new Set<string>()
  readonly #runsThatTalked = new Set<string>()
  readonly #toolCalls: Draft[] = []
  readonly #evaluators: { draft: Draft; node: Node }[] = []
  readonly #nodes: readonly Node[]
  readonly #byKey: ReadonlyMap<string, Node>
  readonly #drafts: Draft[] = []
  #open: Answer[] = []
  readonly keysWithSteps = new Set<string>()

  constructor(loaded: Loaded, nodes: readonly Node[], byKey: ReadonlyMap<string, Node>) {
    this.#loaded = loaded
    this.#nodes = nodes
    this.#byKey = byKey
    this.#offers = new Offers(loaded.toolDefinitions)
    this.#offeredBy = nodes.filter((node) => node.span.tool_definitions_ref !== '')
    this.#runOfTrace = new Map(loaded.places.map((place) => [place.trace_id, place.run_id]))
    this.#records = loaded.agentRecords
    this.#checks = new Map(loaded.checks.map((check) => [checkKey(check.run_id, check.span_id, check.name), check]))
    const starts = new Map<string, bigint>()
    for (const { span, start } of nodes)
      if (span.kind === 'tool' && span.tool_call_id !== '' && !starts.has(span.tool_call_id))
        starts.set(span.tool_call_id, start)
    this.#toolStarts = starts
  }

  isPrimary(node: Node): boolean {
    return this.#call(node) !== undefined || node.span.kind !== 'span'
  }

  /** Makes the steps of one span. Spans come in the order of the replay. */
  take(node: Node, body: SpanBody): void {
    this.#tellUntil(node.start)
    this.#closeUntil(node.start)
    const call = this.#call(node)
    const before = this.#drafts.length
    this.#make(node, call, body)
    if (this.#drafts.length > before || (call && node.span.kind === 'llm')) this.keysWithSteps.add(node.key)
  }

  /** Answers that are still waiting for their moment. */
  flush(): void {
    this.#tellUntil(undefined)
    this.#closeUntil(undefined)
  }

  /** What log records say, up to a moment. */
  #tellUntil(moment: bigint | undefined): void {
    const later = moment === undefined ? -1 : this.#records.findIndex(({ at }) => at > moment)
    const due = later === -1 ? this.#records : this.#records.slice(0, later)
    if (due.length === 0) return
    this.#records = this.#records.slice(due.length)
    for (const record of due) this.#tell(record)
  }

  #tell(record: AgentRecord): void {
    const { log, at } = record
    const own = this.#byKey.get(`${log.trace_id}/${log.span_id}`)
    const node = own ?? lastUntil(this.#nodes, at) ?? this.#nodes[0]
    if (!node) return
    if (record.type === 'result') {
      this.#requested.asked([record.asked], node, at)
      this.#requested.answered([record.answered])
    } else if (record.type === 'message') {
      const runId = this.#runId(node)
      for (const message of this.#conversation.told(record.message, runId, at))
        this.#recorded.add(this.#say(node, at, message, 0))
    } else if (own?.span.kind !== 'approval') {
      const { approval, callId } = record
      if (callId !== '' && this.#approvals.has(callId)) return
      this.#approvals.add(callId)
      this.#drafts.push({ ...momentOf(node, at, 'approval', { name: approval.tool, approval }), phase: 0 })
    }
  }

  mayHoldMore(node: Node): boolean {
    if (!node.span.has_body && !this.#loaded.logs.has(node.key)) return false
    const isCounted = this.#call(node) !== undefined && node.span.kind === 'llm'
    return (OUTER.has(node.span.kind) && !isCounted) || (node.parent === undefined && node.span.kind === 'span')
  }

  /** Messages of an outer span that no call carried: last words, a prompt whose call was never made, or all where calls keep silent. */
  takeLeftOver(node: Node, body: SpanBody): void {
    this.#leftOver(node, messagesOfSpan(body))
    this.#approvalsToldBy(node, body)
    this.#pauses.outer(node, body)
  }

  /** The root of a run in which nobody has said a word. */
  isSilentRoot(node: Node): boolean {
    return node.parent === undefined && !this.#runsThatTalked.has(this.#runId(node))
  }

  /** What went in and came out, in no particular shape, is all that a silent run has to say. */
  takePlain(node: Node, body: SpanBody): void {
    this.#leftOver(node, plainMessages(body))
  }

  #leftOver(node: Node, { input, output }: SpanMessages): void {
    const runId = this.#runId(node)
    this.#requested.answered([...input, ...output])
    this.#pauses.answered(input, node)
    const at = this.#callAbove(node)?.start ?? node.start
    for (const message of this.#conversation.given(input, runId, at)) this.#say(node, at, message, 0)
    for (const message of this.#conversation.given(output, runId, node.end)) this.#say(node, node.end, message, 2)
  }

  finished(): Draft[] {
    const { completed, steps } = this.#requested.match(this.#toolCalls, this.#offers)
    const masked = maskingSteps(this.#loaded.checks, this.#nodes, (node) => this.#runId(node))
    const told = withoutRepeated(this.#drafts, this.#recorded).map((draft) => completed.get(draft) ?? draft)
    const tools = told.filter(({ kind }) => kind === 'tool_call')
    const approvals = told.filter(({ kind }) => kind === 'approval')
    const waited = this.#pauses.steps(tools, approvals)
    const drafts = [...told.map((draft) => waited.decided.get(draft) ?? draft), ...steps, ...waited.steps, ...masked]
    return scoreSteps(this.#loaded.scores, this.#nodes, drafts, this.#evaluators)
  }

  #make(node: Node, call: CallRow | undefined, body: SpanBody): void {
    const { kind } = node.span
    switch (kind) {
      case 'llm':
        if (call) this.#modelCall(node, call, body)
        return
      case 'embedding':
        if (call) this.#drafts.push(modelCall(node, call, body))
        return
      case 'tool':
        if (call) this.#toolCall(node, call, body)
        else this.#keepResult(node, body)
        return
      case 'retrieval':
      case 'rerank':
        if (call) this.#drafts.push(retrieval(node, call, body))
        return
      case 'guardrail': {
        const check = this.#checks.get(checkKey(this.#runId(node), node.span.span_id, node.span.guardrail))
        if (check) this.#drafts.push(guardrail(node, check, body))
        return
      }
      case 'evaluator': {
        const draft: Draft = {
          ...plain(node, 'step', call, body),
          kind: 'evaluation',
          name: node.span.guardrail || node.span.name,
        }
        this.#drafts.push(draft)
        this.#evaluators.push({ draft, node })
        return
      }
      case 'approval':
        this.#drafts.push(approval(node, body))
        return
      case 'handoff':
        this.#drafts.push(handoff(node, body))
        return
      case 'agent':
        if (node.isSubAgent) this.#drafts.push(subAgentStart(node, call, body))
        else if (call) this.#drafts.push(plain(node, 'step', call, body))
        return
      default: {
        const step = PLAIN_STEPS[kind] ?? (call ? 'step' : undefined)
        if (step) this.#drafts.push(plain(node, step, call, body))
      }
    }
  }

  #modelCall(node: Node, call: CallRow, body: SpanBody): void {
    const runId = this.#runId(node)
    const said = messagesOfSpan(body)
    const { input, output: given } = said.input.length + said.output.length === 0 ? plainMessages(body) : said
    // An answer that asked for tools and holds none was left empty by its instrumentation, not by its model.
    const output = /tool/i.test(node.span.finish_reason) ? given.filter(hasWords) : given
    this.#requested.answered(input)
    this.#pauses.answered(input, node)
    for (const message of this.#conversation.given(input, runId, node.start)) this.#say(node, node.start, message)
    this.#approvalsToldBy(node, body)
    this.#drafts.push(modelCall(node, call, body))
    const at = this.#answerTime(node, output)
    this.#requested.asked(output, node, at)
    this.#pauses.asked(output, node, at)
    if (output.length > 0) this.#open.push({ node, at, messages: output })
  }

  #approvalsToldBy(node: Node, body: SpanBody): void {
    for (const { id, approval } of approvalsIn(body)) {
      if (this.#approvals.has(id)) continue
      this.#approvals.add(id)
      this.#drafts.push({ ...momentOf(node, node.start, 'approval', { name: approval.tool, approval }), phase: 0 })
    }
  }

  /** An answer stands at the end of its call, or before the first tool that it asked for where that started while the answer still streamed. */
  #answerTime(node: Node, output: readonly Message[]): bigint {
    let at = node.end
    for (const { parts } of output)
      for (const { type, id } of parts) {
        const start = type === 'tool_call' && id ? this.#toolStarts.get(id) : undefined
        if (start !== undefined && start >= node.start && start < at) at = start
      }
    return at
  }

  #closeUntil(moment: bigint | undefined): void {
    if (this.#open.length === 0) return
    const due = this.#open.filter(({ at }) => moment === undefined || at <= moment)
    if (due.length === 0) return
    this.#open = this.#open.filter((answer) => !due.includes(answer))
    due.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    for (const { node, at, messages } of due)
      for (const message of this.#conversation.answered(messages, this.#runId(node), node.start, at))
        this.#say(node, at, message)
  }

  #say(node: Node, at: bigint, message: Message, phase?: number): Draft {
    const parts = message.parts.filter((part) => part.type !== 'tool_result')
    if (message.role !== 'system') this.#runsThatTalked.add(this.#runId(node))
    const draft = momentOf(node, at, 'message', { name: message.role, message: { role: message.role, parts } })
    const placed = phase === undefined ? draft : { ...draft, phase }
    this.#drafts.push(placed)
    return placed
  }

  #toolCall(node: Node, call: CallRow, body: SpanBody): void {
    const { span } = node
    const hash = this.#offerTo(node)
    const name = span.tool || span.name
    const isKnown = call.validity !== 0 && hash !== ''
    const draft = toolCall(node, call, body, {
      valid: call.validity === 0 ? null : call.validity === 1,
      validationErrors: call.validity === 2 && isKnown ? this.#offers.errorsOf(hash, name, span.tool_arguments) : [],
      ...(isKnown ? { schema: this.#offers.schemaOf(hash, name) } : {}),
    })
    const agentRun = agentRunOf(node)
    const placed = agentRun ? { ...draft, agentRun } : draft
    this.#drafts.push(placed)
    this.#toolCalls.push(placed)
  }

  /** Another span of an execution that is counted elsewhere may be the one that holds the result. */
  #keepResult(node: Node, body: SpanBody): void {
    const result = toolCall(node, undefined, body, { valid: null, validationErrors: [] }).toolCall?.result
    if (result && node.span.tool_call_id !== '')
      this.#requested.answered([{ role: 'tool', parts: [{ type: 'tool_result', id: node.span.tool_call_id, result }] }])
  }

  /** The tools that the same agent had last been given, as the tally takes them. */
  #offerTo(node: Node): string {
    const before = this.#offeredBy.filter((offer) => offer.start <= node.start)
    const offer = before.findLast(({ agent }) => agent === node.agent) ?? before.at(-1) ?? this.#offeredBy[0]
    return offer?.span.tool_definitions_ref ?? ''
  }

  #call(node: Node): CallRow | undefined {
    return this.#loaded.calls.get(node.key)
  }

  /** A provider's span inside the framework's tells of the same call: what only it knows was said when the call began. */
  #callAbove(node: Node): Node | undefined {
    if (node.span.kind !== 'llm') return undefined
    return [...upwards(node)].find((up) => up.span.kind === 'llm' && this.#call(up) !== undefined)
  }

  #runId(node: Node): string {
    return this.#runOfTrace.get(node.span.trace_id) ?? node.span.trace_id
  }
}

/** The last node that starts no later; they stand in the order of their starts. */
const lastUntil = (nodes: readonly Node[], at: bigint): Node | undefined => {
  let low = 0
  let high = nodes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (nodes[middle]!.start <= at) low = middle + 1
    else high = middle
  }
  return nodes[low - 1]
}

/** Masking's checks may stand on a guardrail's span too: the name tells them apart. */
const checkKey = (runId: string, spanId: string, name: string): string => `${runId}/${spanId}/${name}`

const withoutRepeated = (drafts: readonly Draft[], recorded: ReadonlySet<Draft>): readonly Draft[] => {
  if (recorded.size === 0) return drafts
  const carried = drafts.filter((draft) => draft.kind === 'message' && !recorded.has(draft))
  return drafts.filter(
    (draft) =>
      !recorded.has(draft) || !carried.some((one) => one.name === draft.name && wordsOf(one).includes(wordsOf(draft))),
  )
}

const wordsOf = ({ message }: Draft): string => message?.parts.map(({ text }) => text ?? '').join('') ?? ''

const hasWords = ({ parts }: Message): boolean => parts.some((part) => part.type !== 'text' || part.text !== '')

const plainMessages = (body: SpanBody): SpanMessages => ({ input: plainInput(body), output: plainOutput(body) })
