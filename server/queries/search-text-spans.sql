-- Spans of one stretch of time whose own texts match, or that point to a large body that does; newest first, a few of each trace.
SELECT *
FROM (
    SELECT
        lower(hex(s.trace_id)) AS trace_id,
        lower(hex(s.span_id)) AS span_id,
        toUnixTimestamp64Nano(s.start_time) AS nanos,
        toString(nanos) AS time_nanos,
        s.name AS name,
        s.kind AS kind,
        s.agent AS agent,
        s.status_message AS status_message,
        s.attrs AS attrs,
        s.events.name AS event_names,
        s.events.attrs AS event_attrs,
        mapApply((k, v) -> (k, lower(hex(v))), s.attr_refs) AS attr_refs
    FROM spans AS s
    WHERE s.project_id = {project:UInt32}
      AND s.start_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
      AND s.start_time <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')
      AND (toUnixTimestamp64Nano(s.start_time), lower(hex(s.span_id))) < ({to:Int64}, {toKey:String})
      AND s.origin != 'log'
      AND (({{own}})
        OR (s.trace_id IN (SELECT c.trace_id FROM content AS c WHERE c.project_id = {project:UInt32} AND {{body}})
          -- The body itself, or one of which it is a part.
          AND hasAny(mapValues(s.attr_refs), (
            SELECT groupUniqArray(100000)(w.hash) FROM content AS w
            WHERE w.project_id = {project:UInt32}
              AND w.trace_id IN (SELECT c.trace_id FROM content AS c WHERE c.project_id = {project:UInt32} AND {{body}})
              AND hasAny(arrayPushBack(w.parts, w.hash), (SELECT groupUniqArray(100000)(c.hash) FROM content AS c WHERE c.project_id = {project:UInt32} AND {{body}}))))))
    ORDER BY s.received_order DESC
    LIMIT 1 BY s.trace_id, s.span_id
)
ORDER BY nanos DESC, span_id DESC
LIMIT {perTrace:UInt32} BY trace_id
LIMIT {limit:UInt32}
