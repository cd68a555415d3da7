import { F } from '../../schema/dialects/compile.ts'
import { MAPPER_VERSION } from '../../schema/dialects/dialects.ts'
import { canonicalProvider } from '../../schema/dialects/providers.ts'
import { CONTROL_FLOW_EXCEPTIONS, TOOL_NAME_PREFIXES, VERDICT_WORDS } from '../../schema/dialects/words.ts'
import type { Kind } from '../../schema/model/kind.ts'
import type { Span } from '../../schema/model/span.ts'
import type { KeyValue } from '../../schema/otlp/wire.ts'
import { isObject, parsedJson, plainOf, textOf } from './any-value.ts'
import type { Contents } from './contents.ts'
import { type Facts, TABLE } from './facts.ts'
import { kindOf } from './kind-of.ts'
import { cut, flattenedPreview, previewOf } from './previews.ts'
import { canonicalTool, canonicalTools } from './tool-definitions.ts'
import { readUsage } from './usage.ts'

/** Arguments are kept for validation up to this many bytes of text; longer ones are cut and cannot be validated. */
export const TOOL_ARGUMENTS_BYTES_MAX = 65_536

/** What a span is before anything is read into it: OTLP's own fields, and its attributes as they are stored. */
export type SpanCore = Pick<
  Span,
  | 'projectId'
  | 'traceId'
  | 'spanId'
  | 'parentSpanId'
  | 'startNanos'
  | 'durationNanos'
  | 'spanKind'
  | 'status'
  | 'statusMessage'
  | 'name'
  | 'traceState'
  | 'otlpFlags'
  | 'origin'
  | 'service'
  | 'scope'
  | 'scopeVersion'
  | 'masking'
  | 'attrs'
  | 'nums'
  | 'attrRefs'
  | 'resource'
  | 'events'
  | 'links'
>

export interface Reading {
  readonly facts: Facts
  readonly contents: Contents
  /** Attributes of the exception event, if there is one. */
  readonly exception: readonly KeyValue[] | undefined
  /** What the resource says of the whole run; only for a root. */
  readonly resourceLabels: ReadonlyMap<string, string>
  /** What the record is where nothing in it says so. */
  readonly fallbackKind: Kind
}

/** Every field of a span that is a matter of meaning, from what its attributes were found to say. */
export const completeSpan = (core: SpanCore, reading: Reading): Span => {
  const { facts } = reading
  facts.readCarried()
  const kind = kindOf(facts, core.name, reading.fallbackKind)
  const read = readUsage(facts, kind, core.scope)
  const calls = kind === 'llm'
  // A model action may have no more than its name: provider/model.
  const requestModel =
    facts.text(F.modelRequest) || (calls || kind === 'embedding' ? modelIn(facts.text(F.entityName)) : '')
  const model = facts.text(F.modelResponse) || requestModel
  const failure = failureOf(facts, core, reading.exception)
  const responseId = facts.text(F.responseId) || (calls ? responseIdIn(facts.raw(F.outputContent)) : '')
  const finishReason = finishReasonOf(facts)
  // One literal of all fields: spreading fifty of them into another object costs more than everything else here.
  return {
    projectId: core.projectId,
    traceId: core.traceId,
    spanId: core.spanId,
    parentSpanId: core.parentSpanId,
    startNanos: core.startNanos,
    durationNanos: core.durationNanos,
    spanKind: core.spanKind,
    status: core.status,
    statusMessage: core.statusMessage,
    name: core.name,
    traceState: core.traceState,
    otlpFlags: core.otlpFlags,
    origin: core.origin,
    service: core.service,
    scope: core.scope,
    scopeVersion: core.scopeVersion,
    masking: core.masking,
    env: facts.text(F.env),
    team: facts.text(F.team),
    costCenter: facts.text(F.costCenter),
    customer: facts.text(F.customer),
    kind,
    rawKind: facts.rawKind,
    dialect: TABLE.dialectIds[facts.dialect] ?? '',
    mapperVersion: MAPPER_VERSION,
    provider:
      requestModel === '' && model === '' && !facts.has(F.provider)
        ? ''
        : canonicalProvider(facts.text(F.provider), model || requestModel),
    model,
    requestModel,
    responseId,
    finishReason,
    serviceTier: tierOf(facts.text(F.serviceTier)),
    agent: agentOf(facts, kind, core.name),
    agentId: facts.text(F.agentId),
    agentVersion: facts.text(F.agentVersion),
    workflow: facts.text(F.workflow) || (kind === 'workflow' ? facts.text(F.entityName) : ''),
    prompt: facts.text(F.prompt),
    promptVersion: facts.text(F.promptVersion),
    policyVersion: facts.text(F.policyVersion),
    sessionId: facts.text(F.session),
    userId: facts.text(F.user),
    tool: kind === 'tool' || kind === 'approval' ? toolNameOf(facts, core.name) : '',
    toolCallId: facts.text(F.toolCallId),
    toolArguments: kind === 'tool' ? toolArgumentsOf(facts).slice(0, TOOL_ARGUMENTS_BYTES_MAX) : '',
    toolDefinitionsRef: toolsRef(facts, kind, core, reading.contents),
    guardrail: kind === 'guardrail' || kind === 'evaluator' ? guardrailOf(facts, core.name) : '',
    verdict: kind === 'guardrail' ? verdictOf(facts, core, reading.exception, failure.failed) : '',
    usage: read.usage,
    usageReported: read.reported,
    hasUsage: read.hasUsage,
    inputSemantics: read.inputSemantics,
    usageConflict: read.conflict,
    costReportedNanoUsd: nanoUsd(facts.number(F.costUsd) ?? costIn(facts)),
    toolFeeNanoUsd: nanoUsd(facts.number(F.toolFeeUsd)),
    ttftNanos: nanos(facts.number(F.ttft)),
    answered:
      calls && (finishReason !== '' || responseId !== '' || facts.has(F.answer) || facts.outputMessages.length > 0),
    failed: failure.failed || (calls && finishReason === 'error'),
    errorType: failure.errorType,
    labels: labelsOf(facts, reading.resourceLabels),
    inputPreview: inputPreview(facts, kind),
    outputPreview: outputPreview(facts, kind),
    attrs: core.attrs,
    nums: core.nums,
    attrRefs: core.attrRefs,
    resource: core.resource,
    events: core.events,
    links: core.links,
  }
}

const labelsOf = (facts: Facts, ofResource: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  facts.labels.length === 0
    ? ofResource
    : new Map([...ofResource, ...facts.labels.map(({ key, value }) => [key, textOf(value)] as const)])

interface Failure {
  readonly failed: boolean
  readonly errorType: string
}

const FAILURE_WORDS: ReadonlySet<string> = new Set(['true', 'error', 'failed', 'failure'])

/** The wider rule (dialects.md §8, "error"); a framework that leaves a step on purpose did not fail. */
const failureOf = (facts: Facts, core: SpanCore, exception: readonly KeyValue[] | undefined): Failure => {
  const thrown = exceptionType(exception)
  if (isControlFlow(thrown, core.statusMessage)) return { failed: false, errorType: '' }
  const errorType = facts.text(F.errorType) || thrown
  const failed =
    core.status === 2 ||
    exception !== undefined ||
    errorType !== '' ||
    FAILURE_WORDS.has(facts.text(F.failure).toLowerCase()) ||
    (facts.has(F.success) && facts.text(F.success).toLowerCase() === 'false')
  return { failed, errorType }
}

const exceptionType = (exception: readonly KeyValue[] | undefined): string => {
  const type = exception?.findLast(({ key }) => key === 'exception.type')?.value
  return typeof type === 'string' ? type : ''
}

const isControlFlow = (thrown: string, statusMessage: string): boolean => {
  if (thrown === '' && statusMessage === '') return false
  if (CONTROL_FLOW_EXCEPTIONS.has(thrown.slice(thrown.lastIndexOf('.') + 1))) return true
  const end = statusMessage.indexOf('(')
  return end > 0 && CONTROL_FLOW_EXCEPTIONS.has(statusMessage.slice(0, end))
}

/** A list of reasons, one per choice (array or JSON text), or one word: the first. */
const finishReasonOf = (facts: Facts): string => {
  const text = facts.text(F.finishReason)
  if (!text.startsWith('[')) return text
  const list = parsedJson(text)
  const first: unknown = Array.isArray(list) ? list[0] : undefined
  return typeof first === 'string' ? first : ''
}

/** OpenInference has no attribute for the answer's id; it stands in the answer itself. */
const ID_IN_ANSWER = /"(?:id|response_?[iI]d|message_id)": ?"((?:chatcmpl-|resp_|msg_|gen-)[\w-]{8,80})"/
const ANSWER_CHARS_MAX = 65_536

const responseIdIn = (answer: unknown): string => {
  if (typeof answer !== 'string' || (answer[0] !== '{' && answer[0] !== '[')) return ''
  return ID_IN_ANSWER.exec(answer.length > ANSWER_CHARS_MAX ? answer.slice(0, ANSWER_CHARS_MAX) : answer)?.[1] ?? ''
}

/** Only a name that says whose model it is can be told from any other name. */
const modelIn = (name: string): string => (canonicalProvider('', name) === '' ? '' : name)

const tierOf = (said: string): string => (said === 'default' || said === 'auto' ? 'standard' : said)

const agentOf = (facts: Facts, kind: Kind, name: string): string => {
  const said = facts.text(F.agent)
  if (said !== '' || kind !== 'agent') return said
  return facts.text(F.entityName) || (name.startsWith('invoke_agent ') ? name.slice('invoke_agent '.length) : '')
}

const toolNameOf = (facts: Facts, name: string): string => {
  const said = facts.text(F.toolName) || facts.text(F.entityName)
  if (said !== '') return said
  const prefix = TOOL_NAME_PREFIXES.find((start) => name.startsWith(start))
  if (prefix) return name.slice(prefix.length)
  // A protocol's span that does not name the tool is named after the method: the span around it knows the tool.
  return facts.rawKind === 'tools/call' ? '' : name
}

/** What went into a tool's span is its arguments where nothing says so more plainly (dialects.md §8), without what frameworks wrap around them. */
const toolArgumentsOf = (facts: Facts): string => {
  const said = facts.text(F.toolArguments)
  if (said !== '' || !facts.has(F.inputContent)) return said
  const text = facts.text(F.inputContent)
  if (text.length > TOOL_ARGUMENTS_BYTES_MAX) return ''
  const object = parsedJson(text)
  if (!isObject(object)) return ''
  const inner = [object.kwargs, object.args, object.arguments, object.input].find(
    (value) => isObject(value) && (Object.keys(object).length === 1 || 'name' in object || 'kwargs' in object),
  )
  return inner === undefined ? text : JSON.stringify(inner)
}

const toolsRef = (facts: Facts, kind: Kind, core: SpanCore, contents: Contents): string => {
  const canonical =
    kind === 'tool' && facts.has(F.toolSchema)
      ? canonicalTool(toolNameOf(facts, core.name), facts.text(F.toolSchema))
      : canonicalTools(facts.raw(F.toolDefinitions), facts.toolDefinitions)
  return canonical === '' ? '' : contents.add(core.traceId, canonical)
}

const guardrailOf = (facts: Facts, name: string): string => {
  const said = facts.text(F.guardrail) || facts.text(F.entityName)
  if (said !== '') return said
  return name.replace(/^(?:guardrail|processor_run|processor run:)\s+/i, '')
}

const BLOCKS = /tripwire|guardrail|block|violation|abort|denied|refus/i

/** Without a word of its own a guardrail that raised to stop the run has blocked; one that broke has an error; else it let pass. */
const verdictOf = (
  facts: Facts,
  core: SpanCore,
  exception: readonly KeyValue[] | undefined,
  failed: boolean,
): string => {
  const said = VERDICT_WORDS.get(facts.text(F.verdict).toLowerCase())
  if (said) return said
  if (!failed) return 'pass'
  const thrown = exception?.findLast(({ key }) => key === 'exception.message')?.value
  return BLOCKS.test(`${core.statusMessage} ${exceptionType(exception)} ${typeof thrown === 'string' ? thrown : ''}`)
    ? 'block'
    : 'error'
}

/** Costs by part in one object: the total if it is among them. */
const costIn = (facts: Facts): number | undefined => {
  if (!facts.has(F.costJson)) return undefined
  const value = facts.raw(F.costJson)
  const object = typeof value === 'string' ? parsedJson(value) : plainOf(value ?? null)
  if (!isObject(object)) return undefined
  const said = object.total ?? object.total_cost
  if (typeof said === 'number') return said
  return Object.values(object).reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : 0), 0)
}

const nanoUsd = (usd: number | undefined): bigint =>
  usd === undefined || usd <= 0 || usd > 1e6 ? 0n : BigInt(Math.round(usd * 1e9))

const nanos = (count: number | undefined): bigint =>
  count === undefined || count <= 0 || count > 1e15 ? 0n : BigInt(Math.round(count))

const inputPreview = (facts: Facts, kind: Kind): string => {
  if (kind === 'tool') return cut(toolArgumentsOf(facts) || facts.text(F.inputContent))
  if (!facts.has(F.inputContent))
    return facts.inputMessages.length > 0 ? flattenedPreview(facts.inputMessages, 'input') : ''
  if (facts.inputMessages.length > 0)
    return flattenedPreview(facts.inputMessages, 'input') || previewOf(facts.raw(F.inputContent), 'input')
  return READ_KINDS.has(kind) ? previewOf(facts.raw(F.inputContent), 'input') : cut(facts.text(F.inputContent))
}

const outputPreview = (facts: Facts, kind: Kind): string => {
  if (facts.outputMessages.length > 0)
    return flattenedPreview(facts.outputMessages, 'output') || previewOf(facts.raw(F.outputContent), 'output')
  if (!facts.has(F.outputContent)) return ''
  return READ_KINDS.has(kind) ? previewOf(facts.raw(F.outputContent), 'output') : cut(facts.text(F.outputContent))
}

/** Bodies of other spans (a graph's whole state) are shown as they begin: reading them for a message would cost more than everything else. */
const READ_KINDS: ReadonlySet<Kind> = new Set<Kind>(['llm', 'agent', 'workflow', 'evaluator', 'span'])
