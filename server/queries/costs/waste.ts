/**
 * Money that brought nothing, from what the ledger keeps of a run (semantics.md §6).
 *
 * Looping: the same agent's call of the same tool failed, or had arguments that its schema refuses, LOOP_CALLS times in a row, no other call of a tool by that
 * agent between. The ledger keeps no arguments, and agents with one tool (a shell) rightly call it fifty times: only calls that do not get on are told.
 */
export const LOOP_CALLS = 3

/** The tool calls of a run as (agent, start, word) by agent and time; the word is agent and tool of a call that did not get on, else ''. */
const TOOL_CALLS = `arraySort(step -> (step.1, step.2), arrayFilter(step -> step.4 = 'tool', arrayMap(
                (agent, at, tool, kind, failed, validity) -> (toString(agent), at, if(failed OR validity = 2, concat(agent, '\\0', tool), ''), kind),
                calls.agent, calls.start_time, calls.tool, calls.kind, calls.failed, calls.validity)))`

/** Nearly no run has so many calls that failed: the others are not looked at further. */
const MAY_LOOP = `arrayCount((kind, failed, validity) -> kind = 'tool' AND (failed OR validity = 2), calls.kind, calls.failed, calls.validity) >= ${LOOP_CALLS}`

const SAME = Array.from({ length: LOOP_CALLS - 1 }, (_, i) => `words[i] = words[i + ${i + 1}]`).join(' AND ')
const LOOPS = `${MAY_LOOP} AND arrayExists(words -> arrayExists(i -> words[i] != '' AND ${SAME}, arrayEnumerate(words)),
                [arrayMap(step -> step.3, ${TOOL_CALLS})])`

/** The first that is so: a run counts once, and money that brought a success is not wasted. */
export const WASTE = `multiIf(
                r.outcome = 'success', '',
                has(checks.verdict, 'block'), 'blocked',
                ${LOOPS}, 'looping',
                r.outcome IN ('failure', 'infra_error'), 'failed',
                '')`

/** Whether a call was asked again: a later one of its run by the same agent, of the same kind and tool; of a model any, because retries fall back to others. */
export const RETRIED = `arrayExists((kind, agent, tool, at) -> kind = call.kind AND agent = call.agent AND tool = call.tool AND at > call.start_time,
                calls.kind, calls.agent, calls.tool, calls.start_time)`

const BEFORE = `arrayMap(step -> step.3, arrayFilter(step -> step.1 = call.agent AND step.2 < call.start_time, steps))`
const FROM_HERE = `arrayMap(step -> step.3, arrayFilter(step -> step.1 = call.agent AND step.2 >= call.start_time, steps))`
const LAST_SAME = Array.from({ length: LOOP_CALLS - 2 }, (_, i) => `before[-1] = before[-${i + 2}]`).join(' AND ')

/** Whether a call is part of a loop: the LOOP_CALLS-th fruitless call of a tool and every further one, and what the agent asked of models before each. */
export const LOOPING_CALL = `${MAY_LOOP} AND arrayExists(steps -> arrayExists((before, next) -> length(before) >= ${LOOP_CALLS - 1}
                AND before[-1] != '' AND ${LAST_SAME} AND next[1] = before[-1], [${BEFORE}], [${FROM_HERE}]), [${TOOL_CALLS}])`
