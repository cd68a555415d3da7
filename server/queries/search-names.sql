-- Agents, tools, models and sessions whose name holds the text, of the runs of the last 90 days.
SELECT
    item.1 AS type,
    item.2 AS name,
    count() AS runs,
    toString(toUnixTimestamp64Nano(max(end_time))) AS last_nanos
FROM (
    SELECT
        arrayJoin(arrayDistinct(arrayConcat(
            arrayMap(v -> ('agent', toString(v)), arrayPushBack(r.agents, r.root_agent)),
            arrayMap(v -> ('tool', toString(v)), r.tools),
            arrayMap(v -> ('model', toString(v)), r.models),
            [('session', {{sessionKey}})]))) AS item,
        r.end_time AS end_time
    FROM runs AS r FINAL
    WHERE r.project_id = {project:UInt32}
      AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
)
WHERE name != ''
  AND positionCaseInsensitiveUTF8(name, {q:String}) > 0
GROUP BY type, name
ORDER BY type, startsWith(lowerUTF8(name), lowerUTF8({q:String})) DESC, runs DESC, name
LIMIT 6 BY type
