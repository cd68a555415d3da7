-- Log records of one stretch of time whose body or attributes match; newest first, a few of each trace.
SELECT *
FROM (
    SELECT
        if(l.trace_id = toFixedString('', 16), '', lower(hex(l.trace_id))) AS trace_id,
        if(l.span_id = toFixedString('', 8), '', lower(hex(l.span_id))) AS span_id,
        lower(hex(l.log_id)) AS log_id,
        toUnixTimestamp64Nano(l.time) AS nanos,
        toString(nanos) AS time_nanos,
        l.event_name AS name,
        l.service AS agent,
        l.body AS body,
        l.attrs AS attrs
    FROM logs AS l
    WHERE l.project_id = {project:UInt32}
      AND l.time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
      AND l.time <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')
      AND (toUnixTimestamp64Nano(l.time), lower(hex(l.log_id))) < ({to:Int64}, {toKey:String})
      AND {{own}}
    ORDER BY l.received_order DESC
    LIMIT 1 BY l.log_id
)
ORDER BY nanos DESC, log_id DESC
LIMIT {perTrace:UInt32} BY trace_id
LIMIT {limit:UInt32}
