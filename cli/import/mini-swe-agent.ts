import { z } from 'zod'
import { parseArguments, withUniqueCallIds } from './call-ids.ts'
import { splitModelName } from './model-name.ts'
import type { RecordedCall, RecordedEvaluation, RecordedMessage, RecordedRun } from './recorded-run.ts'
import { secondsToNanos } from './times.ts'

// mini-swe-agent on SWE-bench: one trajectory a line (https://github.com/SWE-agent/mini-swe-agent).

const response = z.object({
  id: z.string(),
  created: z.number(),
  model: z.string(),
  choices: z.array(z.object({ finish_reason: z.string().nullish() })),
  usage: z.object({
    prompt_tokens: z.number(),
    completion_tokens: z.number(),
    prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    completion_tokens_details: z.object({ reasoning_tokens: z.number().nullish() }).nullish(),
  }),
})
const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool', 'exit']),
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z
    .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
  tool_call_id: z.string().nullish(),
  extra: z
    .object({
      response: response.nullish(),
      cost: z.number().nullish(),
      timestamp: z.number().nullish(),
      returncode: z.number().nullish(),
      exception_info: z.string().nullish(),
      exception_type: z.string().nullish(),
    })
    .nullish(),
})
const trajectory = z.object({
  instance_id: z.string(),
  info: z.object({
    config: z.object({ model: z.object({ model_name: z.string() }) }),
    mini_version: z.string().nullish(),
    exit_status: z.string(),
    submission: z.string().nullish(),
    exception_str: z.string().nullish(),
  }),
  messages: z.array(message),
})
type Trajectory = z.infer<typeof trajectory>
type Message = Trajectory['messages'][number]

/** @throws ZodError when the lines are not mini-swe-agent trajectories. */
export function miniSweAgentRuns(lines: readonly unknown[]): readonly RecordedRun[] {
  return z.array(trajectory).parse(lines).map(toRun)
}

function toRun({ instance_id, info, messages }: Trajectory): RecordedRun {
  const split = splitModelName(info.config.model.model_name)
  const { exit_status: status } = info
  return {
    sourceId: instance_id,
    agent: 'mini-swe-agent',
    version: split.model,
    suite: 'swe-bench',
    case: instance_id,
    ...split,
    messages: withUniqueCallIds(messages.flatMap((each) => toRecorded(each, split, messages, status))),
    evaluations: [outcomeOf(status, info.mini_version ?? undefined)],
    attributes: {
      'mini_swe_agent.exit_status': status,
      ...(info.mini_version ? { 'mini_swe_agent.version': info.mini_version } : {}),
    },
    ...(isInfrastructure(status) ? { failure: { type: status, message: info.exception_str || status } } : {}),
  }
}

function toRecorded(
  each: Message,
  model: ReturnType<typeof splitModelName>,
  all: readonly Message[],
  status: string,
): readonly RecordedMessage[] {
  if (each.role === 'exit') return submissionAnswer(each, all, status)
  const at = each.extra?.timestamp
  return [
    {
      role: each.role,
      author: 'agent',
      text: each.content ?? null,
      reasoning: each.reasoning_content ?? undefined,
      toolCalls: (each.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
        id,
        name,
        arguments: parseArguments(args),
      })),
      ...(at == null ? {} : { atNanos: secondsToNanos(at) }),
      ...(each.role === 'assistant' ? { call: callOf(each, model) } : {}),
      ...(each.role === 'tool' ? { answer: answerOf(each) } : {}),
    },
  ]
}

/** The last command, the one that submits, is answered by the `exit` message with what it printed: the patch. */
function submissionAnswer(exit: Message, all: readonly Message[], status: string): readonly RecordedMessage[] {
  const answered = new Set(all.map(({ tool_call_id }) => tool_call_id))
  const open = all.flatMap(({ tool_calls }) => tool_calls ?? []).find(({ id }) => !answered.has(id))
  if (status !== 'Submitted' || !open) return []
  const text = exit.content ?? ''
  return [{ role: 'tool', author: 'agent', text, toolCalls: [], answer: { callId: open.id, result: text } }]
}

function callOf({ extra }: Message, model: ReturnType<typeof splitModelName>): RecordedCall {
  const answer = extra?.response
  if (!answer) return model
  const at = extra.timestamp
  return {
    ...model,
    responseModel: answer.model,
    responseId: answer.id,
    finishReason: answer.choices[0]?.finish_reason ?? undefined,
    // Whole seconds, at times rounded past the moment of the answer.
    startNanos: secondsToNanos(at == null ? answer.created : Math.min(answer.created, at)),
    usage: {
      input: answer.usage.prompt_tokens,
      output: answer.usage.completion_tokens,
      cacheRead: answer.usage.prompt_tokens_details?.cached_tokens ?? undefined,
      reasoning: answer.usage.completion_tokens_details?.reasoning_tokens ?? undefined,
    },
    costUsd: extra.cost ?? undefined,
  }
}

/** A command that exits with 1 has answered (grep found nothing); one that could not be run has failed. */
function answerOf({ tool_call_id, content, extra }: Message) {
  const failure = extra?.exception_info
  return {
    callId: tool_call_id ?? '',
    result: content ?? '',
    exitCode: extra?.returncode ?? undefined,
    ...(failure ? { error: { type: extra.exception_type || 'tool_error', message: failure } } : {}),
  }
}

function isInfrastructure(status: string): boolean {
  return /InternalServerError|Timeout|APIConnectionError|ServiceUnavailable|RateLimit|APIError/.test(status)
}

function outcomeOf(status: string, version: string | undefined): RecordedEvaluation {
  // A patch that was handed in has not been judged by the benchmark's tests yet; a run that hit its limits has no patch.
  const gaveUp = /LimitsExceeded|ContextWindowExceeded/.test(status)
  const label = isInfrastructure(status) ? 'infra_error' : gaveUp ? 'failure' : 'pending'
  return {
    name: 'task.outcome',
    label,
    explanation: `Exit status ${status}.`,
    source: 'code',
    evaluator: { name: 'mini-swe-agent', version },
  }
}
