r.project_id = {project:UInt32}
  AND r.env IN {env:Array(String)}
  AND r.team IN {team:Array(String)}
  AND r.customer IN {customer:Array(String)}
  AND hasAny(r.user_ids, {user:Array(String)})
  AND r.outcome IN {outcome:Array(String)}
  AND r.agent_version IN {version:Array(String)}
  AND hasAny(r.guardrails, {guardrail:Array(String)})
  AND hasAny(r.score_names, {score:Array(String)})
  AND (if(r.session_id = '', lower(hex(r.run_id)), r.session_id) IN {session:Array(String)} OR hasAny(r.session_ids, {session:Array(String)}))
  AND hasAny(r.trace_ids, arrayMap(id -> toFixedString(unhex(id), 16), {traceId:Array(String)}))
  AND (r.labels['recount.experiment.id'] IN {experiment:Array(String)} OR r.labels['recount.experiment.name'] IN {experiment:Array(String)})
  AND (r.root_agent IN {agent:Array(String)} OR hasAny(r.agents, {agent:Array(String)}))
  AND hasAny(r.models, {model:Array(String)})
  AND hasAny(r.tools, {tool:Array(String)})
  AND r.error_count > 0
  AND r.cost >= toDecimal64({minCostUsd:String}, 9)
  AND (((multiSearchAnyCaseInsensitiveUTF8(concat(r.first_input, '\n', r.last_output), {qS0:Array(String)}) AND hasAllTokens(lower(replaceAll(replaceAll(replaceAll(concat(r.first_input, '\n', r.last_output), '\\n', ' '), '\\r', ' '), '\\t', ' ')), {qT0:Array(String)})) AND (multiSearchAnyCaseInsensitiveUTF8(concat(r.first_input, '\n', r.last_output), {qS1:Array(String)}) AND hasAllTokens(lower(replaceAll(replaceAll(replaceAll(concat(r.first_input, '\n', r.last_output), '\\n', ' '), '\\r', ' '), '\\t', ' ')), {qT1:Array(String)})))
  OR hasAny(r.trace_ids, (
      SELECT groupUniqArray(100000)(trace_id) FROM (
        SELECT s.trace_id AS trace_id FROM spans AS s
        WHERE s.project_id = {project:UInt32}
          AND s.start_time >= fromUnixTimestamp64Nano({qFrom:Int64}, 'UTC')
          AND s.start_time < fromUnixTimestamp64Nano({qTo:Int64}, 'UTC')
          AND (multiSearchAnyCaseInsensitiveUTF8(arrayStringConcat(arrayConcat([s.name, s.status_message, s.input_preview, s.output_preview], mapValues(s.attrs), s.events.attrs), '\n'), {qS0:Array(String)}) AND hasAllTokens(lower(replaceAll(replaceAll(replaceAll(arrayStringConcat(arrayConcat([s.name, s.status_message, s.input_preview, s.output_preview], mapValues(s.attrs), s.events.attrs), '\n'), '\\n', ' '), '\\r', ' '), '\\t', ' ')), {qT0:Array(String)})) AND (multiSearchAnyCaseInsensitiveUTF8(arrayStringConcat(arrayConcat([s.name, s.status_message, s.input_preview, s.output_preview], mapValues(s.attrs), s.events.attrs), '\n'), {qS1:Array(String)}) AND hasAllTokens(lower(replaceAll(replaceAll(replaceAll(arrayStringConcat(arrayConcat([s.name, s.status_message, s.input_preview, s.output_preview], mapValues(s.attrs), s.events.attrs), '\n'), '\\n', ' '), '\\r', ' '), '\\t', ' ')), {qT1:Array(String)}))
        UNION ALL
        SELECT c.trace_id AS trace_id FROM content AS c
        WHERE c.project_id = {project:UInt32}
          AND hasAllTokens(c.body, {cT0:Array(String)}) AND hasAllTokens(c.body, {cT1:Array(String)})))))
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')