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
  AND (positionCaseInsensitiveUTF8(r.first_input, {q:String}) > 0
  OR positionCaseInsensitiveUTF8(r.last_output, {q:String}) > 0
  OR hasAny(r.trace_ids, (
      SELECT groupUniqArray(100000)(trace_id) FROM (
        SELECT trace_id FROM spans
        WHERE project_id = {project:UInt32}
          AND start_time >= fromUnixTimestamp64Nano({qFrom:Int64}, 'UTC')
          AND start_time < fromUnixTimestamp64Nano({qTo:Int64}, 'UTC')
          AND (positionCaseInsensitiveUTF8(input_preview, {q:String}) > 0
            OR positionCaseInsensitiveUTF8(output_preview, {q:String}) > 0
            OR positionCaseInsensitiveUTF8(status_message, {q:String}) > 0
            OR arrayExists(v -> positionCaseInsensitiveUTF8(v, {q:String}) > 0, mapValues(attrs))
            OR arrayExists(v -> positionCaseInsensitiveUTF8(v, {q:String}) > 0, events.attrs))
        UNION ALL
        SELECT trace_id FROM content
        WHERE project_id = {project:UInt32}
        AND hasAllTokens(body, {qWords:Array(String)})
        AND positionCaseInsensitiveUTF8(body, {q:String}) > 0))))
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')