import { z } from 'zod'
import { withUniqueCallIds } from './call-ids.ts'
import { splitModelName } from './model-name.ts'
import {
  escalationEvaluation,
  isTransferToHuman,
  type RecordedCall,
  type RecordedEvaluation,
  type RecordedMessage,
  type RecordedRun,
} from './recorded-run.ts'
import { isoToNanos } from './times.ts'

// τ²-bench: `{info, tasks[], simulations[]}`, one file per experiment (https://github.com/sierra-research/tau2-bench).

const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.unknown() })
const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  timestamp: z.string().nullish(),
  cost: z.number().nullish(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
  raw_data: z.object({ finish_reason: z.string().nullish() }).nullish(),
  id: z.string().nullish(),
  requestor: z.string().nullish(),
  error: z.boolean().nullish(),
})
const action = z.object({ action_id: z.string().nullish(), name: z.string() })
const rewardInfo = z.object({
  reward: z.number(),
  db_check: z.object({ db_match: z.boolean(), db_reward: z.number().nullish() }).nullish(),
  env_assertions: z.array(z.object({ env_assertion: z.object({ func_name: z.string() }), met: z.boolean() })).nullish(),
  action_checks: z.array(z.object({ action, action_match: z.boolean() })).nullish(),
  nl_assertions: z
    .array(z.object({ nl_assertion: z.string(), met: z.boolean(), justification: z.string().nullish() }))
    .nullish(),
  communicate_checks: z
    .array(z.object({ info: z.string(), met: z.boolean(), justification: z.string().nullish() }))
    .nullish(),
  reward_basis: z.array(z.string()).nullish(),
})
const simulation = z.object({
  id: z.string(),
  task_id: z.union([z.string(), z.number()]).transform(String),
  trial: z.number().nullish(),
  start_time: z.string(),
  end_time: z.string(),
  termination_reason: z.string().nullish(),
  reward_info: rewardInfo.nullish(),
  messages: z.array(message),
})
const recording = z.object({
  info: z.object({
    git_commit: z.string().nullish(),
    user_info: z.object({ llm: z.string().nullish() }),
    agent_info: z.object({ implementation: z.string().nullish(), llm: z.string().nullish() }),
    environment_info: z.object({ domain_name: z.string(), tool_defs: z.array(z.unknown()).nullish() }),
  }),
  tasks: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      evaluation_criteria: z.object({ actions: z.array(action).nullish() }).nullish(),
    }),
  ),
  simulations: z.array(simulation),
})
type Recording = z.infer<typeof recording>
type Simulation = Recording['simulations'][number]
type Message = Simulation['messages'][number]

/** @throws ZodError when the document is not a τ²-bench recording. */
export function tau2Runs(document: unknown): readonly RecordedRun[] {
  const parsed = recording.parse(document)
  return parsed.simulations.map((each) => simulationToRun(each, parsed))
}

function simulationToRun(sim: Simulation, { info, tasks }: Recording): RecordedRun {
  const domain = info.environment_info.domain_name
  const llm = info.agent_info.llm ?? undefined
  const implementation = info.agent_info.implementation ?? 'llm_agent'
  const task = tasks.find(({ id }) => id === sim.task_id)
  return {
    sourceId: sim.id,
    conversationId: sim.id,
    agent: `tau2-${domain}`,
    version: [llm, implementation === 'llm_agent' ? undefined : implementation].filter(Boolean).join(' '),
    suite: `tau2/${domain}`,
    case: sim.task_id,
    ...(sim.trial == null ? {} : { trial: sim.trial }),
    ...(llm ? splitModelName(llm) : {}),
    startNanos: isoToNanos(sim.start_time),
    endNanos: isoToNanos(sim.end_time),
    messages: withUniqueCallIds(sim.messages.map((each) => toRecorded(each, llm, info.user_info.llm ?? undefined))),
    toolDefinitions: info.environment_info.tool_defs ?? undefined,
    evaluations: evaluationsOf(sim, task, info.git_commit ?? undefined),
    ...(sim.termination_reason ? { attributes: { 'tau2.termination_reason': sim.termination_reason } } : {}),
  }
}

function toRecorded(each: Message, agentModel: string | undefined, userModel: string | undefined): RecordedMessage {
  const author = each.role === 'user' || each.requestor === 'user' ? 'user_simulator' : 'agent'
  const call = callOf(each, author === 'agent' ? agentModel : userModel)
  const text = each.content ?? null
  return {
    role: each.role,
    author,
    text,
    toolCalls: each.tool_calls ?? [],
    ...(each.timestamp ? { atNanos: isoToNanos(each.timestamp) } : {}),
    ...(call ? { call } : {}),
    ...(each.role === 'tool'
      ? {
          answer: {
            callId: each.id ?? '',
            result: text ?? '',
            ...(each.error ? { error: { type: 'tool_error', message: text ?? '' } } : {}),
          },
        }
      : {}),
  }
}

/** A message without usage was not written by a model: the greeting is fixed text. */
function callOf(each: Message, model: string | undefined): RecordedCall | undefined {
  if (!each.usage) return undefined
  return {
    ...(model ? splitModelName(model) : {}),
    finishReason: each.raw_data?.finish_reason ?? undefined,
    usage: { input: each.usage.prompt_tokens, output: each.usage.completion_tokens },
    costUsd: each.cost ?? undefined,
  }
}

function evaluationsOf(
  sim: Simulation,
  task: Recording['tasks'][number] | undefined,
  version: string | undefined,
): readonly RecordedEvaluation[] {
  const evaluator = { name: 'tau2-bench', version: version?.slice(0, 12) }
  const info = sim.reward_info
  const check = (name: string, met: boolean, subject?: string, explanation?: string): RecordedEvaluation => ({
    name,
    label: met ? 'pass' : 'fail',
    value: met ? 1 : 0,
    source: 'code',
    evaluator,
    ...(subject === undefined ? {} : { subject }),
    ...(explanation === undefined ? {} : { explanation }),
  })
  const basis = info?.reward_basis?.join(' and ')
  const outcome: RecordedEvaluation = {
    name: 'task.outcome',
    // A simulation without a verdict has not been judged; it is not a failure.
    label: info ? (info.reward >= 1 - 1e-9 ? 'success' : 'failure') : 'pending',
    ...(info ? { value: info.reward } : {}),
    explanation: `${basis ? `Reward from ${basis}. ` : ''}Ended by ${sim.termination_reason ?? 'an unknown reason'}.`,
    source: 'code',
    evaluator,
  }
  const did = sim.messages.some(
    (each) => each.role === 'assistant' && each.tool_calls?.some(({ name }) => isTransferToHuman(name)),
  )
  const expected = task?.evaluation_criteria?.actions?.some(({ name }) => isTransferToHuman(name)) ?? false
  return [
    outcome,
    ...(task || did ? [escalationEvaluation(did, expected, evaluator)] : []),
    ...(info?.db_check ? [check('tau2.db_check', info.db_check.db_match)] : []),
    ...(info?.action_checks ?? []).map((each) =>
      check(
        'tau2.action_check',
        each.action_match,
        each.action.action_id ?? each.action.name,
        `${each.action.name} ${each.action_match ? 'was' : 'was not'} called as expected.`,
      ),
    ),
    ...(info?.env_assertions ?? []).map((each) => check('tau2.env_assertion', each.met, each.env_assertion.func_name)),
    ...(info?.communicate_checks ?? []).map((each) =>
      check('tau2.communicate_check', each.met, each.info, each.justification ?? undefined),
    ),
    ...(info?.nl_assertions ?? []).map((each) =>
      check('tau2.nl_assertion', each.met, each.nl_assertion, each.justification ?? undefined),
    ),
  ]
}
