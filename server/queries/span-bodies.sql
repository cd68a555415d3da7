-- Attributes and events of a few spans, in their last version.
SELECT
    lower(hex(s.trace_id)) AS trace_id,
    lower(hex(s.span_id)) AS span_id,
    s.attrs AS attrs,
    s.nums AS nums,
    mapApply((k, v) -> (k, lower(hex(v))), s.attr_refs) AS attr_refs,
    arrayMap(x -> toString(toUnixTimestamp64Nano(x)), s.events.time) AS event_times,
    s.events.name AS event_names,
    s.events.attrs AS event_attrs
FROM spans AS s
WHERE s.project_id = {project:UInt32}
  AND s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
  AND s.start_time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
  AND s.start_time <= fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
  AND s.span_id IN (SELECT toFixedString(unhex(arrayJoin({spanIds:Array(String)})), 8))
ORDER BY s.received_order DESC
LIMIT 1 BY s.trace_id, s.span_id
