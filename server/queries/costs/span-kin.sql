-- What ties the spans of a trace to one another, each in its last version: nesting, the id of an answer, the id of a tool's call.
SELECT
    lower(hex(s.span_id)) AS span_id,
    if(s.parent_span_id = toFixedString('', 8), '', lower(hex(s.parent_span_id))) AS parent_span_id,
    s.name AS name,
    s.kind AS kind,
    s.has_usage AS has_usage,
    s.response_id AS response_id,
    s.tool_call_id AS tool_call_id
FROM spans AS s
WHERE s.project_id = {project:UInt32}
  AND s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
  AND s.start_time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
  AND s.start_time <= fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
ORDER BY s.received_order DESC
LIMIT 1 BY s.trace_id, s.span_id
LIMIT {limit:UInt32}
