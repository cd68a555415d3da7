-- The span of each trace that failed first: the one that ended first, and of those that ended together the innermost, which started last.
SELECT
    lower(hex(trace_id)) AS trace_id,
    lower(hex(first.1)) AS span_id,
    first.2 AS kind,
    first.3 AS name,
    first.4 AS error_type,
    first.5 AS message,
    toString(first.6) AS end_nanos
FROM (
    SELECT
        s.trace_id AS trace_id,
        argMin(
            tuple(s.span_id, s.kind, multiIf(s.tool != '', s.tool, s.model != '', s.model, s.guardrail != '', s.guardrail, s.name), s.error_type,
                substringUTF8(s.status_message, 1, 500), toUnixTimestamp64Nano(s.start_time) + s.duration_ns),
            tuple(toUnixTimestamp64Nano(s.start_time) + s.duration_ns, -toUnixTimestamp64Nano(s.start_time))) AS first
    FROM spans AS s
    WHERE s.project_id = {project:UInt32}
      AND s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
      AND s.start_time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
      AND s.start_time <= fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
      AND (s.failed OR s.status = 2)
    GROUP BY trace_id
)
