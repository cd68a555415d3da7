-- What is known of one metric in the range, by type and unit: the one with the most points is shown.
SELECT
    type,
    unit,
    any(description) AS description,
    groupUniqArray(temporality) AS temporalities,
    max(monotonic) AS is_monotonic,
    arraySort(arrayDistinct(arrayConcat(groupUniqArrayArray(1000)(mapKeys(attrs)), groupUniqArrayArray(1000)(mapKeys(nums))))) AS attributes,
    count() AS points
FROM metrics
WHERE project_id = {project:UInt32}
  AND name = {name:String}
  AND time >= fromUnixTimestamp64Milli({fromMs:Int64}) AND time < fromUnixTimestamp64Milli({toMs:Int64})
  AND ({type:String} = '' OR type = {type:String})
GROUP BY type, unit
ORDER BY points DESC, type, unit
LIMIT 1
