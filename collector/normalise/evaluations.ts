import { EVALUATION_EVENT } from '../../schema/dialects/words.ts'
import { SCORE_SOURCES, type ScoreSource } from '../../schema/model/kind.ts'
import type { Score } from '../../schema/model/span.ts'
import type { KeyValue } from '../../schema/otlp/wire.ts'
import { isObject, numberOf, parsedJson, textOf } from './any-value.ts'
import { hashOf } from './contents.ts'

export { EVALUATION_EVENT }

/** What a judgement is about; an empty id says nothing. */
export interface ScoreTarget {
  readonly projectId: number
  readonly timeNanos: bigint
  readonly traceId: string
  readonly spanId: string
  readonly sessionId: string
}

/** Names of the evaluation's own fields, the first that has a value wins (OTel 1.38, pydantic-evals, Recount's imports). */
const NAMES = {
  name: ['gen_ai.evaluation.name'],
  label: ['gen_ai.evaluation.score.label'],
  value: ['gen_ai.evaluation.score.value'],
  explanation: ['gen_ai.evaluation.explanation'],
  responseId: ['gen_ai.response.id'],
  sessionId: ['gen_ai.conversation.id', 'session.id'],
  evaluator: ['recount.evaluator.name', 'gen_ai.evaluation.evaluator.name', 'gen_ai.evaluator.name'],
  version: ['recount.evaluator.version', 'gen_ai.evaluation.evaluator.version', 'gen_ai.evaluator.version'],
  source: [
    'recount.evaluation.source',
    'gen_ai.evaluation.evaluator.source',
    'gen_ai.evaluation.source',
    'annotator_kind',
  ],
  targetKey: ['recount.outcome.key'],
  id: ['recount.evaluation.id'],
  model: ['gen_ai.request.model', 'gen_ai.response.model'],
} as const

const TAKEN: ReadonlySet<string> = new Set<string>([...Object.values(NAMES).flat(), 'event.name'])

/** A `gen_ai.evaluation.result` (log record or span event) as a score; undefined without a name. */
export const scoreOfEvent = (attributes: readonly KeyValue[], target: ScoreTarget): Score | undefined => {
  const all = new Map(attributes.map(({ key, value }) => [key, value]))
  const text = (name: keyof typeof NAMES): string => {
    for (const key of NAMES[name]) {
      const value = all.get(key)
      if (value !== undefined && value !== null && value !== '') return textOf(value)
    }
    return ''
  }
  const name = text('name')
  if (name === '') return undefined
  const evaluator = text('evaluator')
  return withId(
    {
      ...target,
      sessionId: text('sessionId') || target.sessionId,
      name,
      source: sourceOf(text('source'), text('model') !== ''),
      evaluator,
      evaluatorVersion: text('version'),
      value: numberOf(all.get('gen_ai.evaluation.score.value')) ?? Number.NaN,
      label: text('label'),
      explanation: text('explanation'),
      responseId: text('responseId'),
      targetKey: text('targetKey'),
      attrs: new Map([...all].filter(([key]) => !TAKEN.has(key)).map(([key, value]) => [key, textOf(value)])),
    },
    text('id'),
  )
}

/** The outcome that a root span states of its own run (semantics.md §3): the weakest source. */
export const scoreOfOutcome = (label: string, target: ScoreTarget, evaluator: string): Score =>
  withId(
    {
      ...target,
      spanId: '',
      name: 'task.outcome',
      source: 'span',
      evaluator,
      evaluatorVersion: '',
      value: Number.NaN,
      label,
      explanation: '',
      responseId: '',
      targetKey: '',
      attrs: new Map(),
    },
    '',
  )

/** OpenInference: `[trace.|session.]annotations.N.annotation.{name,score,label,explanation,annotator_kind,identifier,metadata}`, also `evaluations`. */
export const scoresOfAnnotations = (pairs: readonly KeyValue[], target: ScoreTarget): readonly Score[] => {
  const groups = new Map<string, Map<string, KeyValue['value']>>()
  for (const { key, value } of pairs) {
    const dot = key.lastIndexOf('.')
    const owner = key.slice(0, dot)
    const group = groups.get(owner) ?? new Map<string, KeyValue['value']>()
    group.set(key.slice(dot + 1), value)
    groups.set(owner, group)
  }
  return [...groups].flatMap(([owner, fields]) => annotationScore(owner, fields, target))
}

const annotationScore = (
  owner: string,
  fields: ReadonlyMap<string, KeyValue['value']>,
  target: ScoreTarget,
): readonly Score[] => {
  const text = (name: string): string => textOf(fields.get(name) ?? null)
  if (text('name') === '') return []
  const metadata = parsedJson(text('metadata'))
  return [
    withId(
      {
        ...target,
        spanId: owner.startsWith('trace.') || owner.startsWith('session.') ? '' : target.spanId,
        traceId: owner.startsWith('session.') ? '' : target.traceId,
        sessionId: owner.startsWith('session.') ? target.sessionId : '',
        name: text('name'),
        source: sourceOf(text('annotator_kind'), false),
        evaluator: text('identifier') || text('name'),
        evaluatorVersion: '',
        value: numberOf(fields.get('score')) ?? Number.NaN,
        label: text('label'),
        explanation: text('explanation'),
        responseId: '',
        targetKey: '',
        attrs: new Map(isObject(metadata) ? Object.entries(metadata).map(([key, value]) => [key, String(value)]) : []),
      },
      '',
    ),
  ]
}

const sourceOf = (said: string, hasModel: boolean): ScoreSource => {
  const word = said.toLowerCase()
  const known = SCORE_SOURCES.find((source) => source === word)
  if (known) return known
  if (word.includes('human') || word === 'user' || word === 'annotation') return 'human'
  if (word.includes('llm') || word.includes('judge') || word.includes('model')) return 'llm'
  return hasModel ? 'llm' : 'code'
}

/** The same judgement sent twice has one id: its own if it names one, else what it judges, by whom, when and how. */
const withId = (score: Omit<Score, 'scoreId'>, ownId: string): Score => {
  const parts = ownId
    ? [ownId]
    : [
        score.traceId,
        score.spanId,
        score.sessionId,
        score.responseId,
        score.name,
        score.source,
        score.evaluator,
        score.evaluatorVersion,
        score.timeNanos,
        score.label,
        score.value,
        score.attrs.get('recount.evaluation.subject') ?? '',
        // Last and only where given, so that ids of before stay what they were.
        ...(score.targetKey === '' ? [] : [score.targetKey]),
      ]
  return { ...score, scoreId: hashOf(`${score.projectId}\0${parts.join('\0')}`) }
}
