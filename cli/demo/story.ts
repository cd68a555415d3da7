import type { UnixNanos } from '../otlp/telemetry.ts'
import type { Random } from './random.ts'
import type {
  Decision,
  DemoAgent,
  DemoEvaluation,
  DemoMessage,
  DemoModel,
  DemoToolCall,
  DemoUsage,
  StoryBody,
  StoryNode,
  Verdict,
} from './story-model.ts'

type Call = readonly [name: string, args: Readonly<Record<string, unknown>>]

interface ModelOptions {
  readonly calls?: readonly Call[]
  readonly think?: string
  readonly model?: DemoModel
  readonly finishReason?: 'stop' | 'content_filter' | 'length'
}

/**
 * Tells one run from the inside: each method is something the agent did, takes the time that it would take, and
 * becomes one span. A sub-agent is a story within the story.
 */
export class Story {
  readonly nodes: StoryNode[]
  readonly evaluations: DemoEvaluation[]
  readonly messages: DemoMessage[]
  readonly agent: DemoAgent
  readonly random: Random
  #now: UnixNanos
  readonly #own: StoryNode
  #waiting: DemoToolCall[] = []
  #lastInput = 0

  /** `history` is what earlier runs of the session said; `parent` the story of which this is a sub-agent. */
  constructor(
    random: Random,
    agent: DemoAgent,
    startNanos: UnixNanos,
    history: readonly DemoMessage[],
    parent?: Story,
  ) {
    this.random = random
    this.agent = agent
    this.#now = startNanos
    this.nodes = parent?.nodes ?? []
    this.evaluations = parent?.evaluations ?? []
    this.messages = history.length > 0 ? [...history] : [{ role: 'system', text: agent.system }]
    const body: StoryBody = { kind: 'agent', agent, input: '', output: '', usage: noUsage }
    this.#own = this.#node(body, parent === undefined ? undefined : parent.#own.spanId)
  }

  get startNanos(): UnixNanos {
    return this.#own.startNanos
  }

  get endNanos(): UnixNanos {
    return this.#own.endNanos
  }

  user(text: string): this {
    this.messages.push({ role: 'user', text })
    this.#ownBody().input ||= text
    return this
  }

  /** A model call that says something, asks for tools, or both. Answer its calls with `tool` before the next one. */
  model(say: string, options: ModelOptions = {}): this {
    const model = options.model ?? this.agent.model
    const toolCalls = (options.calls ?? []).map(([name, args]) => ({ id: this.#callId(model), name, arguments: args }))
    const usage = this.#usage(model, say, toolCalls, options.think)
    const firstTokenMs = this.random.around(model.reasons ? 900 : 420)
    const input = [...this.messages]
    const output: DemoMessage = {
      role: 'assistant',
      ...(say ? { text: say } : {}),
      ...(options.think ? { reasoning: options.think } : {}),
      ...(toolCalls.length > 0 ? { toolCalls } : {}),
    }
    const node = this.#node({
      kind: 'model',
      agent: this.agent,
      model,
      input,
      output,
      usage,
      finishReason: options.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
      responseId: this.#responseId(model),
      firstTokenMs,
    })
    this.#pass(node, firstTokenMs + (usage.output / model.tokensPerSecond) * 1000)
    this.messages.push(output)
    this.#waiting = [...toolCalls]
    const own = this.#ownBody()
    own.usage = addUsage(own.usage, usage)
    if (say) own.output = say
    return this
  }

  /** A model call that the provider refused or never answered. */
  modelFails(type: string, message: string, tookMs: number, model: DemoModel = this.agent.model): this {
    const node = this.#node({ kind: 'model', agent: this.agent, model, input: [...this.messages] })
    node.error = { type, message }
    this.#pass(node, this.random.around(tookMs, 0.15))
    return this
  }

  /** Carries out the next call that the model asked for. */
  tool(result: unknown, tookMs = 220): this {
    return this.#runTool(text(result), tookMs)
  }

  /** The tool ran and failed, or refused its arguments. */
  toolFails(type: string, message: string, tookMs = 160): this {
    return this.#runTool(text({ error: message }), tookMs, { type, message })
  }

  retrieve(
    source: string,
    query: string,
    documents: readonly (readonly [id: string, content: string])[],
    tookMs = 160,
  ): this {
    const scored = documents.map(([id, content], i) => ({
      id,
      content,
      score: round(0.93 - i * 0.07 - this.random.next() * 0.04, 3),
    }))
    this.#pass(this.#node({ kind: 'retrieval', source, query, documents: scored }), this.random.around(tookMs))
    return this
  }

  embed(model: DemoModel, input: string): this {
    this.#pass(this.#node({ kind: 'embedding', model, text: input, tokens: tokensOf(input) }), this.random.around(90))
    return this
  }

  guardrail(
    name: string,
    verdict: Verdict,
    checked: 'input' | 'output' | 'tool_call',
    subject: string,
    explanation: string,
    tookMs = 4,
  ): this {
    const node = this.#node({ kind: 'guardrail', name, verdict, checked, text: subject, explanation })
    if (verdict === 'error') node.error = { type: 'guardrail_unavailable', message: explanation }
    this.#pass(node, this.random.around(tookMs))
    return this
  }

  approval(tool: string, decision: Decision, by: string, comment: string, waitedSeconds: number): this {
    this.#pass(
      this.#node({ kind: 'approval', tool, decision, by, comment }),
      this.random.around(waitedSeconds * 1000, 0.5),
    )
    return this
  }

  /** Another agent takes a part of the work; what it says last comes back. */
  subAgent(agent: DemoAgent, input: string, tell: (story: Story) => void): string {
    const story = new Story(this.random, agent, this.#now, [], this)
    story.user(input)
    tell(story)
    story.#own.endNanos = story.#now
    this.#now = story.#now
    this.#own.endNanos = this.#now
    return story.#ownBody().output
  }

  /** Nothing happens for a while (the agent's own code, a queue). */
  pause(milliseconds: number): this {
    this.#now += nanos(milliseconds)
    return this
  }

  /** The run itself broke off. */
  fails(type: string, message: string): this {
    this.#own.error = { type, message }
    return this
  }

  /** Text that the agent's own code answers, without a model. */
  says(answer: string): this {
    this.messages.push({ role: 'assistant', text: answer })
    this.#ownBody().output = answer
    return this
  }

  judge(evaluation: DemoEvaluation): this {
    this.evaluations.push(evaluation)
    return this
  }

  #runTool(result: string, tookMs: number, error?: { readonly type: string; readonly message: string }): this {
    const call = this.#waiting.shift()
    if (!call) throw new Error(`the story of ${this.agent.name} answers a tool call that no model made`)
    const definition = this.agent.tools.find(({ name }) => name === call.name)
    const node = this.#node({ kind: 'tool', call, definition, result })
    if (error) node.error = error
    this.#pass(node, this.random.around(tookMs))
    this.messages.push({ role: 'tool', text: result, callId: call.id, toolName: call.name })
    return this
  }

  #node(
    body: StoryBody,
    parentSpanId: string | undefined = body.kind === 'agent' ? undefined : this.#own.spanId,
  ): StoryNode {
    const node: StoryNode = {
      spanId: this.random.hex(16),
      parentSpanId,
      startNanos: this.#now,
      endNanos: this.#now,
      body,
    }
    this.nodes.push(node)
    return node
  }

  #pass(node: StoryNode, milliseconds: number): void {
    this.#now += nanos(milliseconds)
    node.endNanos = this.#now
    // A little time of the agent's own code between two steps.
    this.#now += nanos(this.random.around(9))
    this.#own.endNanos = this.#now
  }

  #ownBody(): Extract<StoryBody, { kind: 'agent' }> {
    const { body } = this.#own
    if (body.kind !== 'agent') throw new Error('a story belongs to an agent')
    return body
  }

  /** Tokens as the texts would have them, plus the long prompt and tool schemas of a real agent, the head of which is cached. */
  #usage(model: DemoModel, say: string, calls: readonly DemoToolCall[], think: string | undefined): DemoUsage {
    const instructions = this.agent.contextTokens + this.agent.tools.length * 110
    const input = instructions + this.messages.reduce((sum, message) => sum + messageTokens(message), 0)
    const first = this.#lastInput === 0
    const hit = this.random.chance(first ? 0.6 : 0.9)
    const cacheRead = hit ? Math.floor((first ? instructions : this.#lastInput) / 128) * 128 : 0
    const cacheWrite = model.cacheWrites ? Math.max(0, Math.floor((input - cacheRead) * 0.8)) : 0
    this.#lastInput = input
    const reasoning = model.reasons ? this.random.int(60, 700) + tokensOf(think ?? '') : 0
    const output =
      tokensOf(say) + calls.reduce((sum, call) => sum + 14 + tokensOf(text(call.arguments)), 0) + reasoning + 3
    return { input, cacheRead: model.provider === 'ollama' ? 0 : cacheRead, cacheWrite, output, reasoning }
  }

  #callId(model: DemoModel): string {
    return model.provider === 'anthropic' ? `toolu_${this.random.token(22)}` : `call_${this.random.token(24)}`
  }

  #responseId(model: DemoModel): string {
    return model.provider === 'anthropic' ? `msg_${this.random.token(24)}` : `chatcmpl-${this.random.token(29)}`
  }
}

const noUsage: DemoUsage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

function addUsage(a: DemoUsage, b: DemoUsage): DemoUsage {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  }
}

function messageTokens(message: DemoMessage): number {
  return (
    4 +
    tokensOf(message.text ?? '') +
    (message.toolCalls ?? []).reduce((sum, call) => sum + 14 + tokensOf(text(call.arguments)), 0)
  )
}

function tokensOf(content: string): number {
  return Math.ceil(content.length / 4)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function nanos(milliseconds: number): bigint {
  return BigInt(Math.max(1, Math.round(milliseconds * 1000))) * 1000n
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
