-- Attribute keys of the newest spans of the range, numbers inside a key as one.
SELECT
    replaceRegexpAll(key, '\\.[0-9]+', '.*') AS pattern,
    any(key) AS example_key,
    count() AS spans,
    groupUniqArray(5)(service) AS services,
    groupUniqArray(5)(scope) AS scopes,
    lower(hex(any(trace_id))) AS trace_id,
    lower(hex(any(span_id))) AS span_id
FROM (
    SELECT
        s.service AS service,
        s.scope AS scope,
        s.trace_id AS trace_id,
        s.span_id AS span_id,
        arrayConcat(mapKeys(s.attrs), mapKeys(s.nums), mapKeys(s.attr_refs)) AS keys
    FROM spans AS s
    WHERE s.project_id = {project:UInt32}
      AND s.start_time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND s.start_time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
      AND s.origin = 'span'
    ORDER BY s.project_id DESC, toStartOfMinute(s.start_time) DESC
    LIMIT {spans:UInt32}
)
ARRAY JOIN keys AS key
GROUP BY pattern
ORDER BY spans DESC, pattern
LIMIT {limit:UInt32}
