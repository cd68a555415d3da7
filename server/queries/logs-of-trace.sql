-- Log records of traces, and of sessions where they have no trace, oldest first, each once.
SELECT *
FROM (
    SELECT
{{columns}}
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
