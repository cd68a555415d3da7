t.project_id = {project:UInt32}
  AND t.run_id IN (SELECT r.run_id FROM runs AS r FINAL WHERE r.project_id = {project:UInt32}
  AND hasAny(r.trace_ids, arrayMap(id -> toFixedString(unhex(id), 16), {traceId:Array(String)})))
  AND has(arrayMap(id -> toFixedString(unhex(id), 16), {traceId:Array(String)}), t.trace_id)