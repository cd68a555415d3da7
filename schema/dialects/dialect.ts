import type { Kind } from '../model/kind.ts'

/**
 * What attributes may mean, whatever they are called. A dialect says which of its keys means what; `compile.ts` makes one lookup of all of
 * them. The order of dialects (`dialects.ts`), then the order inside a list, decides which of several keys on one span is believed.
 */
export const FIELDS = [
  'modelResponse',
  'modelRequest',
  'provider',
  'responseId',
  'finishReason',
  'serviceTier',
  /** All input tokens; whether cached ones are among them is decided by `inputSemantics`. */
  'input',
  /** Input tokens that the emitter says are not cached: exact, no rule needed. */
  'inputUncached',
  /** Its mere presence shows that `input` leaves cached tokens out: the words of an emitter that counts so. */
  'cacheBeside',
  'cacheRead',
  /** Cache writes of any lifetime. */
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  /** All output tokens. */
  'output',
  /** Output tokens that the emitter says are neither reasoning nor audio. */
  'outputText',
  'reasoning',
  'inputAudio',
  'inputImage',
  'outputAudio',
  'outputImage',
  /** Reasoning tokens of an emitter whose output leaves them out (Gemini's own words). */
  'thoughts',
  'totalTokens',
  /** One attribute that holds a whole usage object as JSON; its words are in `usage-words.ts`. */
  'usageJson',
  /** JSON of the provider's own reply in which only details of the usage are looked up. */
  'usageDetailJson',
  'costUsd',
  /** JSON of costs by part: its total, else their sum. */
  'costJson',
  'toolFeeUsd',
  'session',
  'user',
  /** JSON object in which sessions, users, teams and customers are looked up by the names that people give them. */
  'metadataJson',
  'agent',
  'agentId',
  'agentVersion',
  /** Name of whatever the span is: an agent's, a tool's or a workflow's, by kind. */
  'entityName',
  'workflow',
  'prompt',
  'promptVersion',
  'policyVersion',
  'toolName',
  'toolCallId',
  'toolArguments',
  'toolDefinitions',
  /** The JSON Schema of the one tool that the span runs. */
  'toolSchema',
  'env',
  'team',
  'costCenter',
  'customer',
  /** Present: a person was asked, or decided, whether to go on; the value may say what. */
  'approval',
  'guardrail',
  'verdict',
  'errorType',
  /** Present and truthy: the span failed. */
  'failure',
  /** Present and false: the span failed. */
  'success',
  /** Status of the answer over HTTP; read on log records only, where it is all that tells whether a call failed. */
  'statusCode',
  /** How long what a log record tells of took, in nanoseconds: the record is written at its end. */
  'duration',
  'ttft',
  'inputContent',
  'outputContent',
  /** Present only where a model answered; unlike `outputContent`, which a span that prepares a call may have too. */
  'answer',
  /** Outcome of the run that the root span states (semantics.md §3). */
  'outcome',
] as const

export type Field = (typeof FIELDS)[number]

/** A key, or a key whose number is in another unit than the field's: `scale` turns it into the field's (`ttft`: nanoseconds). */
export type Alias = string | { readonly key: string; readonly scale: number }

/** Lists flattened into keys: `llm.tools.3.tool.json_schema`. Everything below a prefix belongs to one family and is assembled after the loop. */
export const FAMILIES = [
  'toolDefinitions',
  'inputMessages',
  'outputMessages',
  'evaluations',
  /** Keys that speak of the whole run (`Span.labels`). */
  'labels',
] as const
export type Family = (typeof FAMILIES)[number]

export interface KindKey {
  readonly key: string
  /** Value, lower case → kind. */
  readonly values: Readonly<Record<string, Kind>>
  /** A value that is not listed but contains one of these, lower case: the first that it contains. Any other value says nothing. */
  readonly containing?: readonly (readonly [part: string, kind: Kind])[]
}

export interface Dialect {
  readonly id: string
  /** Keys that start so prove the dialect; the first dialect of the list that is proved names the span's. */
  readonly marks: readonly string[]
  /** Attributes that say what a span is, the most trusted first. */
  readonly kinds: readonly KindKey[]
  readonly aliases: Readonly<Partial<Record<Field, readonly Alias[]>>>
  readonly families?: readonly { readonly prefix: string; readonly family: Family }[]
  /** Scopes (by prefix) whose input tokens are known to leave cached tokens out, or to hold them (dialects.md §6.3). */
  readonly inputSemantics?: readonly { readonly scope: string; readonly semantics: InputSemantics }[]
}

export type InputSemantics = 'inclusive' | 'exclusive'
