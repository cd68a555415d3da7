import { z } from 'zod'
import { parseArguments, withUniqueCallIds } from './call-ids.ts'
import { splitModelName } from './model-name.ts'
import { escalationEvaluation, isTransferToHuman, type RecordedMessage, type RecordedRun } from './recorded-run.ts'

// tau-bench: a JSON list of runs, without times, usage or the model's name: model and domain stand in the file's
// name (`gpt-4o_airline.json`). https://github.com/sierra-research/tau-bench

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  tool_calls: z
    .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
  tool_call_id: z.string().nullish(),
})
const recording = z.array(
  z.object({
    task_id: z.union([z.string(), z.number()]).transform(String),
    trial: z.number().nullish(),
    reward: z.number(),
    info: z
      .object({
        task: z.object({ actions: z.array(z.object({ name: z.string() })).nullish() }).nullish(),
        user_cost: z.number().nullish(),
      })
      .nullish(),
    traj: z.array(message),
  }),
)
type Run = z.infer<typeof recording>[number]
type Message = Run['traj'][number]

/** @throws ZodError when the document is not a tau-bench recording. */
export function tauBenchRuns(document: unknown, fileStem: string): readonly RecordedRun[] {
  const { model, domain } = modelAndDomain(fileStem)
  return recording.parse(document).map((run) => toRun(run, model, domain))
}

function modelAndDomain(fileStem: string): { readonly model: string; readonly domain: string | undefined } {
  const match = /^(.+)_(airline|retail)\b/.exec(fileStem)
  return match ? { model: match[1]!, domain: match[2]! } : { model: fileStem, domain: undefined }
}

function toRun(run: Run, model: string, domain: string | undefined): RecordedRun {
  const evaluator = { name: 'tau-bench' }
  const calls = run.traj.flatMap((each) => each.tool_calls ?? [])
  const did = calls.some((call) => isTransferToHuman(call.function.name))
  const expected = run.info?.task?.actions?.some(({ name }) => isTransferToHuman(name)) ?? false
  const userCost = run.info?.user_cost
  return {
    sourceId: `task ${run.task_id}, trial ${run.trial ?? 0}`,
    agent: ['tau-bench', domain].filter(Boolean).join('-'),
    version: model,
    suite: ['tau-bench', domain].filter(Boolean).join('/'),
    case: run.task_id,
    ...(run.trial == null ? {} : { trial: run.trial }),
    ...splitModelName(model),
    messages: withUniqueCallIds(run.traj.map((each) => toRecorded(each, model))),
    evaluations: [
      {
        name: 'task.outcome',
        label: run.reward >= 1 - 1e-9 ? 'success' : 'failure',
        value: run.reward,
        source: 'code',
        evaluator,
      },
      ...(run.info?.task || did ? [escalationEvaluation(did, expected, evaluator)] : []),
    ],
    // The simulated customer's cost is known for the run only, and its calls are not recorded: it is kept, and not counted.
    ...(userCost == null ? {} : { attributes: { 'import.user_cost_usd': userCost } }),
  }
}

function toRecorded(each: Message, model: string): RecordedMessage {
  const text = each.content ?? null
  return {
    role: each.role,
    author: 'agent',
    text,
    toolCalls: (each.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
      id,
      name,
      arguments: parseArguments(args),
    })),
    ...(each.role === 'assistant' ? { call: splitModelName(model) } : {}),
    ...(each.role === 'tool'
      ? {
          answer: {
            callId: each.tool_call_id ?? '',
            result: text ?? '',
            // The environment answers a call that it could not carry out with text that begins so.
            ...(text?.startsWith('Error') ? { error: { type: 'tool_error', message: text } } : {}),
          },
        }
      : {}),
  }
}
