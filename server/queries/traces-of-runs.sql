-- Traces of runs by id, oldest first: where their spans and logs lie.
SELECT
    lower(hex(t.trace_id)) AS trace_id,
    lower(hex(t.run_id)) AS run_id,
    toString(t.version) AS version,
    t.session_id AS session_id,
    toString(toUnixTimestamp64Nano(t.start_time)) AS start_nanos,
    toString(toUnixTimestamp64Nano(t.last_start_time)) AS last_start_nanos,
    toString(toUnixTimestamp64Nano(t.end_time)) AS end_nanos,
    t.span_count AS span_count,
    t.error_count AS error_count,
    t.root_name AS root_name,
    t.service AS service,
    t.agent AS agent,
    t.env AS environment
FROM traces AS t FINAL
WHERE t.project_id = {project:UInt32}
  AND t.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
ORDER BY t.start_time, t.trace_id
LIMIT {limit:UInt32}
