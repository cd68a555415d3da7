l.project_id = {project:UInt32}
  AND l.time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND l.time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
  AND l.trace_id IN (SELECT arrayJoin(r.trace_ids) FROM runs AS r FINAL WHERE r.project_id = {project:UInt32}
  AND (r.root_agent IN {agent:Array(String)} OR hasAny(r.agents, {agent:Array(String)})))