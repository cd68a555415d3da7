// The attributes that an import writes besides OpenTelemetry's GenAI conventions. Whoever compares experiments reads these names.
//
//   on the resource AND on the root span of every run
//     recount.experiment.id        hash of the experiment's name and the content of its files: the same files give the same id
//     recount.experiment.name      file name without .json, .jsonl, .gz, or what --experiment said
//     recount.experiment.version   model and defence, also the root's gen_ai.agent.version
//     recount.suite                benchmark, for τ²: benchmark/domain
//   on the root span
//     recount.case                 task; AgentDojo: domain/task/attack/injection, `none` where there is none
//     recount.trial                repetition, counted from 0
//     recount.defence              AgentDojo: the defence that the pipeline ran with
//     import.source_id             what the recording calls this run
//     import.original_start        ISO start in the recording, where the run was moved in time
//     import.synthetic_timing      true where the recording has no times: no latency figure may use them
//   on tool spans
//     import.unanswered            true where the recording has the call but no answer
//     process.exit.code            mini-swe-agent: the command's return code
//   on evaluation events (gen_ai.evaluation.result)
//     recount.evaluation.id        stable id: sent again it is the same evaluation
//     recount.evaluation.source    code, system_of_record, human, llm
//     recount.evaluation.subject   which of several checks of one name
//     recount.evaluator.name · recount.evaluator.version
//     recount.escalation.did · recount.escalation.expected

export const experimentIdKey = 'recount.experiment.id'
export const experimentNameKey = 'recount.experiment.name'
export const experimentVersionKey = 'recount.experiment.version'
export const suiteKey = 'recount.suite'
export const caseKey = 'recount.case'
export const trialKey = 'recount.trial'
export const defenceKey = 'recount.defence'

export const sourceIdKey = 'import.source_id'
export const originalStartKey = 'import.original_start'
export const syntheticTimingKey = 'import.synthetic_timing'
export const unansweredKey = 'import.unanswered'
export const exitCodeKey = 'process.exit.code'

export const evaluationIdKey = 'recount.evaluation.id'
export const evaluationSourceKey = 'recount.evaluation.source'
export const evaluationSubjectKey = 'recount.evaluation.subject'
export const evaluatorNameKey = 'recount.evaluator.name'
export const evaluatorVersionKey = 'recount.evaluator.version'
export const escalationDidKey = 'recount.escalation.did'
export const escalationExpectedKey = 'recount.escalation.expected'
