-- Log records of traces, and of sessions where they have no trace, oldest first, each once.
SELECT *
FROM (
    SELECT
        lower(hex(l.log_id)) AS log_id,
        toString(toUnixTimestamp64Nano(l.time)) AS time_nanos,
        if(l.trace_id = toFixedString('', 16), '', lower(hex(l.trace_id))) AS trace_id,
        if(l.span_id = toFixedString('', 8), '', lower(hex(l.span_id))) AS span_id,
        l.service AS service,
        l.severity AS severity,
        l.severity_text AS severity_text,
        l.event_name AS event_name,
        l.body AS body,
        l.attrs AS attrs,
        l.nums AS nums
    FROM logs AS l
    WHERE l.project_id = {project:UInt32}
      AND (l.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
        OR (l.trace_id = toFixedString('', 16) AND l.session_id IN {sessions:Array(String)}))
      AND l.time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
      AND l.time <= fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
      AND ({names:Array(String)} = [] OR l.event_name IN {names:Array(String)} OR l.attrs['event.name'] IN {names:Array(String)}
        OR arrayExists(name -> endsWith(l.event_name, name), {ends:Array(String)}))
      AND ({after:String} = '' OR (toUnixTimestamp64Nano(l.time), lower(hex(l.log_id))) > (toInt64OrZero({after:String}), {afterKey:String}))
    LIMIT 1 BY l.log_id
)
ORDER BY toInt64(time_nanos), log_id
LIMIT {limit:UInt32}
