-- Log records of the question, newest first, each once.
SELECT *
FROM (
    SELECT
{{columns}}
    FROM logs AS l
    WHERE l.project_id = {project:UInt32}
      AND l.time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
      AND l.time < fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
      AND (NOT {byTrace:Bool} OR l.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16)))
      AND ({spanId:String} = '' OR l.span_id = toFixedString(unhex({spanId:String}), 8))
      AND (empty({services:Array(String)}) OR l.service IN {services:Array(String)})
      AND (empty({events:Array(String)}) OR l.event_name IN {events:Array(String)})
      AND (empty({envs:Array(String)}) OR l.env IN {envs:Array(String)})
      AND l.severity >= {severity:UInt8}
      AND ({q:String} = '' OR positionCaseInsensitiveUTF8(l.body, {q:String}) > 0)
      AND ({after:String} = '' OR (toUnixTimestamp64Nano(l.time), lower(hex(l.log_id))) < (toInt64OrZero({after:String}), {afterKey:String}))
    LIMIT 1 BY l.log_id
)
ORDER BY toInt64(time_nanos) DESC, log_id DESC
LIMIT {limit:UInt32}
