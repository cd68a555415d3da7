-- Names of metrics with what they are and who reports them. A point that was sent twice is counted twice here: it is a measure of traffic.
SELECT
    name,
    type,
    unit,
    any(description) AS description,
    groupUniqArray(temporality) AS temporalities,
    max(monotonic) AS is_monotonic,
    arraySort(groupUniqArray(100)(service)) AS services,
    uniqExact(series_id) AS series,
    count() AS points,
    toUnixTimestamp64Milli(max(time)) AS last_ms
FROM metrics
WHERE project_id = {project:UInt32}
  AND time >= fromUnixTimestamp64Milli({fromMs:Int64}) AND time < fromUnixTimestamp64Milli({toMs:Int64})
  AND (empty({services:Array(String)}) OR has({services:Array(String)}, service))
  AND (empty({envs:Array(String)}) OR has({envs:Array(String)}, env))
  AND ({text:String} = '' OR positionCaseInsensitiveUTF8(name, {text:String}) > 0)
  AND ({afterName:String} = '' OR (name, type, unit) > ({afterName:String}, {afterType:String}, {afterUnit:String}))
GROUP BY name, type, unit
ORDER BY name, type, unit
LIMIT {limit:UInt32}
