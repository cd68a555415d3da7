import type { UnixNanos } from '../otlp/telemetry.ts'

// What happens in a demo run, before any dialect puts it into attributes.

export interface DemoModel {
  /** OpenTelemetry's provider id. */
  readonly provider: string
  readonly name: string
  /** The dated name that the provider answers with. */
  readonly answersAs: string
  readonly tokensPerSecond: number
  readonly reasons: boolean
  /** Anthropic bills the writing of its cache, others do not report it. */
  readonly cacheWrites: boolean
}

export interface ToolDefinition {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface DemoAgent {
  readonly name: string
  readonly version: string
  readonly system: string
  readonly model: DemoModel
  readonly tools: readonly ToolDefinition[]
  /** Tokens of what a real prompt holds besides the messages shown: examples, guides to the tools, a map of the repository. */
  readonly contextTokens: number
  readonly prompt: { readonly name: string; readonly version: string }
}

export interface DemoMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly DemoToolCall[]
  /** On role `tool`: whose answer `text` is. */
  readonly callId?: string
  readonly toolName?: string
}

export interface DemoToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** `input` includes both cache parts, `output` includes `reasoning`. */
export interface DemoUsage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}

export type Verdict = 'pass' | 'flag' | 'redact' | 'block' | 'escalate' | 'error'
export type Decision = 'approved' | 'denied' | 'expired'

export type StoryBody =
  | { readonly kind: 'agent'; readonly agent: DemoAgent; input: string; output: string; usage: DemoUsage }
  | ModelBody
  | {
      readonly kind: 'tool'
      readonly call: DemoToolCall
      readonly definition?: ToolDefinition | undefined
      readonly result: string
    }
  | {
      readonly kind: 'retrieval'
      readonly source: string
      readonly query: string
      readonly documents: readonly { readonly id: string; readonly score: number; readonly content: string }[]
    }
  | { readonly kind: 'embedding'; readonly model: DemoModel; readonly text: string; readonly tokens: number }
  | {
      readonly kind: 'guardrail'
      readonly name: string
      readonly verdict: Verdict
      readonly checked: 'input' | 'output' | 'tool_call'
      readonly text: string
      readonly explanation: string
    }
  | {
      readonly kind: 'approval'
      readonly tool: string
      readonly decision: Decision
      readonly by: string
      readonly comment: string
    }

export interface ModelBody {
  readonly kind: 'model'
  readonly agent: DemoAgent
  readonly model: DemoModel
  readonly input: readonly DemoMessage[]
  /** Absent when the call failed. */
  readonly output?: DemoMessage
  readonly usage?: DemoUsage
  readonly finishReason?: 'stop' | 'tool_calls' | 'content_filter' | 'length'
  readonly responseId?: string
  readonly firstTokenMs?: number
}

/** One thing that took time: it becomes one span. */
export interface StoryNode {
  readonly spanId: string
  readonly parentSpanId?: string | undefined
  readonly startNanos: UnixNanos
  endNanos: UnixNanos
  error?: { readonly type: string; readonly message: string }
  readonly body: StoryBody
}

export interface DemoEvaluation {
  readonly name: string
  readonly label: string
  readonly value?: number
  readonly explanation?: string
  readonly source: 'system_of_record' | 'human' | 'code' | 'llm'
  readonly evaluator: string
  readonly evaluatorVersion?: string
  /** How long after the end of the run it was decided. */
  readonly afterMinutes: number
  readonly attributes?: Readonly<Record<string, string | boolean | number>>
}

/** Who ran it, for whom, on whose budget. */
export interface DemoContext {
  readonly service: string
  readonly team: string
  readonly costCenter: string
  readonly environment: 'production' | 'staging'
  readonly customer: string
  readonly user: string
  readonly sessionId: string
  readonly workflow: string
  readonly policyVersion?: string
  readonly limits?: {
    readonly usd?: number
    readonly tokens?: number
    readonly toolCalls?: number
    readonly seconds?: number
  }
  /** Further attributes of the root span, such as the business key that outcomes may name. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

export type DemoDialect = 'otel-genai' | 'openinference' | 'vercel-ai' | 'openllmetry'

/** One run: a trace. */
export interface DemoRun {
  readonly traceId: string
  readonly dialect: DemoDialect
  readonly context: DemoContext
  /** Which story was told; for tests and for reading. */
  readonly scenario: string
  readonly nodes: readonly StoryNode[]
  readonly evaluations: readonly DemoEvaluation[]
  readonly startNanos: UnixNanos
  readonly endNanos: UnixNanos
}
