/**
 * Money that brought nothing, from what the ledger keeps of a run (semantics.md §6).
 *
 * Looping: the same agent's call of the same tool failed, or had arguments that its schema refuses, LOOP_CALLS times in a row, no other call of a tool by that
 * agent between. The ledger keeps no arguments, and agents with one tool (a shell) rightly call it fifty times: only calls that do not get on are told.
 */
export const LOOP_CALLS = 3

/** Fails of a run's tools as words of agent and tool, in their order within each agent; '' for a call that went well. */
const STREAKS = `arrayMap(call -> call.3, arraySort(call -> (call.1, call.2), arrayFilter(call -> call.4 = 'tool',
                arrayMap((agent, at, tool, kind, failed, validity) -> (agent, at, if(failed OR validity = 2, concat(agent, '\\0', tool), ''), kind),
                    calls.agent, calls.start_time, calls.tool, calls.kind, calls.failed, calls.validity))))`

const isSame = Array.from({ length: LOOP_CALLS - 1 }, (_, i) => `streaks[i] = streaks[i + ${i + 1}]`).join(' AND ')
/** 1 where the run loops; `tool_errors` and validity are looked at first, because nearly no run has so many. */
const LOOPS = `if(arrayCount((kind, failed, validity) -> kind = 'tool' AND (failed OR validity = 2), calls.kind, calls.failed, calls.validity) < ${LOOP_CALLS}, 0,
                arrayExists(streaks -> arrayExists(i -> streaks[i] != '' AND ${isSame}, arrayEnumerate(streaks)), [${STREAKS}]))`

/** The first that is so: a run counts once, and money that brought a success is not wasted. */
export const WASTE = `multiIf(
                r.outcome = 'success', '',
                has(checks.verdict, 'block'), 'blocked',
                ${LOOPS}, 'looping',
                r.outcome IN ('failure', 'infra_error'), 'failed',
                '')`
