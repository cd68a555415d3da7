import type { Attributes } from '@opentelemetry/api'
import type { UnixNanos } from '../otlp/telemetry.ts'

// What every recording is read into: runs with their messages, times and verdicts, whatever file they came from.

/** One attempt at one task. It becomes one trace and one session. */
export interface RecordedRun {
  /** What the recording calls this run; unique within its file. */
  readonly sourceId: string
  /** The session's id where the recording has one that is unique in the world; else one is derived. */
  readonly conversationId?: string
  readonly agent: string
  /** Model and defence. */
  readonly version: string
  readonly suite: string
  readonly case: string
  /** Repetition as the recording counts it; absent, repetitions are counted in order of appearance. */
  readonly trial?: number
  /** Model of the agent under test, for the root span. */
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly startNanos?: UnixNanos | undefined
  readonly endNanos?: UnixNanos | undefined
  /** Seconds that the whole run took, where no message has a time. */
  readonly durationSeconds?: number
  readonly messages: readonly RecordedMessage[]
  readonly toolDefinitions?: readonly unknown[] | undefined
  readonly evaluations: readonly RecordedEvaluation[]
  /** Further attributes of the root span. */
  readonly attributes?: Attributes
  /** Present when the run itself broke off. */
  readonly failure?: { readonly type: string; readonly message: string } | undefined
}

/** Who wrote a message and, if it talks to tools, who alone sees it. */
export type Author = 'agent' | 'user_simulator'

export interface RecordedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly author: Author
  readonly text: string | null
  readonly reasoning?: string | undefined
  readonly toolCalls: readonly RecordedToolCall[]
  /** Present on role `tool`. */
  readonly answer?: RecordedAnswer
  /** When the message was complete. */
  readonly atNanos?: UnixNanos | undefined
  /** Present when a model was called to write this message. */
  readonly call?: RecordedCall
}

export interface RecordedToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

export interface RecordedAnswer {
  readonly callId: string
  readonly result: string
  readonly error?: { readonly type: string; readonly message: string } | undefined
  readonly exitCode?: number | undefined
}

export interface RecordedCall {
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly responseModel?: string | undefined
  /** The provider's response id, where recorded. */
  readonly responseId?: string | undefined
  readonly finishReason?: string | undefined
  readonly startNanos?: UnixNanos | undefined
  readonly usage?: RecordedUsage | undefined
  /** US dollars as recorded; 0 is kept here and dropped where it would be sent beside usage. */
  readonly costUsd?: number | undefined
}

/** Tokens; `input` includes `cacheRead`, `output` includes `reasoning`. */
export interface RecordedUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number | undefined
  readonly reasoning?: number | undefined
}

export interface RecordedEvaluation {
  readonly name: string
  readonly label: string
  readonly value?: number
  readonly explanation?: string
  readonly source: 'code' | 'system_of_record'
  readonly evaluator: { readonly name: string; readonly version?: string | undefined }
  /** Which of several evaluations of one name. */
  readonly subject?: string
  readonly attributes?: Attributes
}

export function isTransferToHuman(toolName: string): boolean {
  return /^(transfer|escalate|hand_?off)_to_(a_)?human/i.test(toolName)
}

/** A transfer to a human, judged apart from the outcome: was it done, and did the task's criteria ask for it? */
export function escalationEvaluation(
  did: boolean,
  expected: boolean,
  evaluator: RecordedEvaluation['evaluator'],
): RecordedEvaluation {
  const label = did ? (expected ? 'escalated' : 'unneeded') : expected ? 'missed' : 'not_escalated'
  return {
    name: 'escalation',
    label,
    value: did === expected ? 1 : 0,
    explanation: `The agent ${did ? 'handed over' : 'did not hand over'} to a human; the task ${expected ? 'asks for it' : 'does not ask for it'}.`,
    source: 'code',
    evaluator,
    attributes: { 'recount.escalation.did': did, 'recount.escalation.expected': expected },
  }
}
