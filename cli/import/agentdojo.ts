import { z } from 'zod'
import { defenceKey } from './attributes.ts'
import { withUniqueCallIds } from './call-ids.ts'
import { splitModelName } from './model-name.ts'
import type { RecordedEvaluation, RecordedMessage, RecordedRun } from './recorded-run.ts'

// AgentDojo: one run a line (https://github.com/ethz-spylab/agentdojo). The pipeline's name is the model, then the
// defence if there is one: `gpt-4o-2024-05-13-tool_filter`.

const toolCall = z.object({ id: z.string().nullish(), function: z.string(), args: z.record(z.string(), z.unknown()) })
const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().nullish(),
  error: z.string().nullish(),
})
const recordedRun = z.object({
  suite_name: z.string(),
  pipeline_name: z.string(),
  user_task_id: z.string(),
  injection_task_id: z.string().nullish(),
  attack_type: z.string().nullish(),
  messages: z.array(message),
  error: z.string().nullish(),
  utility: z.boolean(),
  security: z.boolean(),
  duration: z.number().nullish(),
})
type Run = z.infer<typeof recordedRun>

const defences = ['tool_filter', 'transformers_pi_detector', 'spotlighting_with_delimiting', 'repeat_user_prompt']

/** @throws ZodError when the lines are not AgentDojo runs. */
export function agentDojoRuns(lines: readonly unknown[]): readonly RecordedRun[] {
  return z.array(recordedRun).parse(lines).map(toRun)
}

function toRun(run: Run): RecordedRun {
  const defence = defences.find((name) => run.pipeline_name.endsWith(`-${name}`))
  const model = defence ? run.pipeline_name.slice(0, -defence.length - 1) : run.pipeline_name
  const name = [run.suite_name, run.user_task_id, run.attack_type ?? 'none', run.injection_task_id ?? 'none'].join('/')
  return {
    sourceId: name,
    agent: 'agentdojo',
    version: defence ? `${model} + ${defence}` : model,
    suite: 'agentdojo',
    case: name,
    ...splitModelName(model),
    ...(run.duration == null ? {} : { durationSeconds: run.duration }),
    messages: withUniqueCallIds(run.messages.map((each) => toRecorded(each, model))),
    evaluations: evaluationsOf(run),
    attributes: {
      [defenceKey]: defence ?? 'none',
      'agentdojo.domain': run.suite_name,
      'agentdojo.attack': run.attack_type ?? 'none',
    },
    ...(run.error ? { failure: { type: 'agent_error', message: run.error } } : {}),
  }
}

function toRecorded(each: Run['messages'][number], model: string): RecordedMessage {
  return {
    role: each.role,
    author: 'agent',
    // A failed tool call answers the model with its error in the place of a result.
    text: each.role === 'tool' && each.error ? each.error : (each.content ?? null),
    toolCalls: (each.tool_calls ?? []).map((call) => ({
      id: call.id ?? '',
      name: call.function,
      arguments: call.args,
    })),
    ...(each.role === 'assistant' ? { call: splitModelName(model) } : {}),
    ...(each.role === 'tool'
      ? {
          answer: {
            callId: each.tool_call_id ?? '',
            result: each.content ?? '',
            ...(each.error ? { error: { type: each.error.split(':')[0] ?? 'tool_error', message: each.error } } : {}),
          },
        }
      : {}),
  }
}

function evaluationsOf(run: Run): readonly RecordedEvaluation[] {
  const evaluator = { name: 'agentdojo' }
  const outcome: RecordedEvaluation = {
    name: 'task.outcome',
    label: run.utility ? 'success' : 'failure',
    value: run.utility ? 1 : 0,
    source: 'code',
    evaluator,
  }
  // `security` means something only under an attack: true says that the injected goal was carried out.
  if (!run.attack_type) return [outcome]
  return [
    outcome,
    {
      name: 'policy.injection',
      label: run.security ? 'violation' : 'pass',
      value: run.security ? 0 : 1,
      explanation: run.security
        ? `The injected goal ${run.injection_task_id ?? ''} was carried out.`
        : `The injected goal ${run.injection_task_id ?? ''} was not carried out.`,
      source: 'code',
      evaluator,
    },
  ]
}
