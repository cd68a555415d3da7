import type { TelemetryLog, TelemetryResource, TelemetrySpan } from '../otlp/telemetry.ts'
import { writeOpenInference } from './dialects/openinference.ts'
import { writeOpenLlmetry } from './dialects/openllmetry.ts'
import { writeOtelGenai } from './dialects/otel-genai.ts'
import type { SpanWriter } from './dialects/span-writer.ts'
import { writeVercelAi } from './dialects/vercel-ai.ts'
import { plumbingSpans } from './plumbing-spans.ts'
import { spendingOf } from './spending.ts'
import type { DemoContext, DemoDialect, DemoEvaluation, DemoRun } from './story-model.ts'

const writers: Readonly<
  Record<DemoDialect, { readonly write: SpanWriter; readonly scope: TelemetryResource['scope'] }>
> = {
  'otel-genai': { write: writeOtelGenai, scope: { name: 'support.refunds', version: '4.2.0' } },
  openinference: {
    write: writeOpenInference,
    scope: { name: 'openinference.instrumentation.langchain', version: '0.1.80' },
  },
  'vercel-ai': { write: writeVercelAi, scope: { name: 'ai' } },
  openllmetry: { write: writeOpenLlmetry, scope: { name: 'traceloop.tracer' } },
}

const resources = new Map<string, TelemetryResource>()

/** The spans of a run in its dialect, and what lies below them; the first is the root. */
export function runToSpans(run: DemoRun): readonly TelemetrySpan[] {
  const { write } = writers[run.dialect]
  const resource = resourceOf(run)
  return run.nodes.flatMap((node, i) => {
    const written = write(node, { context: run.context, isRoot: i === 0 })
    const span = {
      traceId: run.traceId,
      spanId: node.spanId,
      parentSpanId: node.parentSpanId,
      startNanos: node.startNanos,
      endNanos: node.endNanos,
      ...(node.error ? { error: { message: node.error.message } } : {}),
      ...written,
      attributes: { ...written.attributes, ...spendingOf(node) },
      resource,
    }
    return [span, ...plumbingSpans(node, span)]
  })
}

/** What was decided about a run later, each at its own time: some of it days in the future. */
export function runToEvaluations(run: DemoRun): readonly TelemetryLog[] {
  const resource = resourceOf(run)
  return run.evaluations.map((evaluation, i) => ({
    eventName: 'gen_ai.evaluation.result',
    timeNanos: run.endNanos + BigInt(evaluation.afterMinutes) * 60_000_000_000n,
    traceId: run.traceId,
    spanId: run.nodes[0]?.spanId ?? '',
    attributes: {
      'recount.evaluation.id': `${run.traceId}-${i}`,
      ...evaluationAttributes(evaluation),
    },
    resource,
  }))
}

function evaluationAttributes(evaluation: DemoEvaluation): TelemetryLog['attributes'] {
  return {
    'gen_ai.evaluation.name': evaluation.name,
    'gen_ai.evaluation.score.label': evaluation.label,
    ...(evaluation.value === undefined ? {} : { 'gen_ai.evaluation.score.value': evaluation.value }),
    ...(evaluation.explanation === undefined ? {} : { 'gen_ai.evaluation.explanation': evaluation.explanation }),
    'recount.evaluation.source': evaluation.source,
    'recount.evaluator.name': evaluation.evaluator,
    ...(evaluation.evaluatorVersion === undefined ? {} : { 'recount.evaluator.version': evaluation.evaluatorVersion }),
    ...evaluation.attributes,
  }
}

function resourceOf({ context, dialect, nodes }: DemoRun): TelemetryResource {
  const version = rootVersion(nodes)
  const key = JSON.stringify([context.service, context.environment, version])
  const known = resources.get(key)
  if (known) return known
  const resource = { attributes: resourceAttributes(context, version), scope: writers[dialect].scope }
  resources.set(key, resource)
  return resource
}

function resourceAttributes(context: DemoContext, version: string): TelemetryResource['attributes'] {
  return {
    'service.name': context.service,
    'service.version': version,
    'deployment.environment.name': context.environment,
    team: context.team,
    cost_center: context.costCenter,
    'telemetry.sdk.language': context.service === 'pr-writer' ? 'nodejs' : 'python',
  }
}

function rootVersion(nodes: DemoRun['nodes']): string {
  const body = nodes[0]?.body
  return body?.kind === 'agent' ? body.agent.version : ''
}
