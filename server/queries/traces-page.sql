-- Traces of the chosen runs, newest start first.
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
WHERE {{traces}}
  AND ({after:String} = '' OR (t.start_time, lower(hex(t.trace_id))) < (fromUnixTimestamp64Nano(toInt64OrZero({after:String}), 'UTC'), {afterKey:String}))
ORDER BY t.start_time DESC, trace_id DESC
LIMIT {limit:UInt32}
