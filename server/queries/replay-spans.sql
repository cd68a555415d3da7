-- What a replay needs of every span, without maps and events; rows derived from logs too, since a call may be told by a log alone.
SELECT *
FROM (
    SELECT
        lower(hex(s.trace_id)) AS trace_id,
        lower(hex(s.span_id)) AS span_id,
        if(s.parent_span_id = toFixedString('', 8), '', lower(hex(s.parent_span_id))) AS parent_span_id,
        s.origin AS origin,
        s.name AS name,
        s.kind AS kind,
        s.service AS service,
        s.agent AS agent,
        s.model AS model,
        s.provider AS provider,
        s.response_id AS response_id,
        s.finish_reason AS finish_reason,
        s.tool AS tool,
        s.tool_call_id AS tool_call_id,
        s.tool_arguments AS tool_arguments,
        if(s.tool_definitions_ref = toFixedString('', 16), '', lower(hex(s.tool_definitions_ref))) AS tool_definitions_ref,
        s.guardrail AS guardrail,
        s.verdict AS verdict,
        toString(toUnixTimestamp64Nano(s.start_time)) AS start_nanos,
        toString(s.duration_ns) AS duration_nanos,
        s.status AS status,
        s.status_message AS status_message,
        s.failed AS failed,
        s.error_type AS error_type,
        length(s.attrs) + length(s.attr_refs) + length(s.events.name) > 0 AS has_body
    FROM spans AS s
    WHERE s.project_id = {project:UInt32}
      AND s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
      AND s.start_time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
      AND s.start_time <= fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
    ORDER BY s.received_order DESC
    LIMIT 1 BY s.trace_id, s.span_id
)
ORDER BY toInt64(start_nanos), span_id
LIMIT {limit:UInt32}
