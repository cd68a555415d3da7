-- Judgements of these traces or of the session as a whole, oldest first, each in its last version.
SELECT
    lower(hex(c.score_id)) AS score_id,
    toString(toUnixTimestamp64Nano(c.time)) AS time_nanos,
    c.name AS name,
    c.source AS source,
    c.evaluator AS evaluator,
    if(isNaN(c.value), NULL, c.value) AS value,
    c.label AS label,
    c.explanation AS explanation,
    if(c.trace_id = toFixedString('', 16), '', lower(hex(c.trace_id))) AS trace_id,
    if(c.span_id = toFixedString('', 8), '', lower(hex(c.span_id))) AS span_id
FROM scores AS c FINAL
WHERE c.project_id = {project:UInt32}
  AND (c.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
    OR ({wholeSession:Bool} AND c.trace_id = toFixedString('', 16) AND c.session_id = {session:String} AND {session:String} != ''))
ORDER BY c.time, c.score_id
LIMIT {limit:UInt32}
