-- Points of one metric, series by series in the order of time, each once: of a point that was sent again the last version counts.
SELECT
    lower(hex(series_id)) AS series_id,
    arrayMap(k -> multiIf(
        k = 'service', toString(service), k = 'env', toString(env),
        mapContains(attrs, k), attrs[k], mapContains(nums, k), toString(nums[k]), resource[k]
    ), {by:Array(String)}) AS key,
    toUnixTimestamp64Milli(time) AS time_ms,
    toUnixTimestamp64Milli(start_time) AS start_ms,
    temporality, value, count, sum, min, max, bounds, bucket_counts, bucket_offset, negative_counts, negative_offset, scale,
    zero_count, zero_threshold, quantiles, quantile_values
FROM metrics
WHERE project_id = {project:UInt32}
  AND name = {name:String} AND type = {type:String} AND unit = {unit:String}
  -- The point before the range says what a running total of the first step counts from.
  AND time >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND time < fromUnixTimestamp64Milli({toMs:Int64})
  AND (empty({services:Array(String)}) OR has({services:Array(String)}, service))
  AND (empty({envs:Array(String)}) OR has({envs:Array(String)}, env))
  -- NO_RECORDED_VALUE: the series ended, there is nothing to count.
  AND bitAnd(otlp_flags, 1) = 0
ORDER BY series_id, time, start_time, received_order DESC
LIMIT 1 BY series_id, time, start_time
LIMIT {limit:UInt32}
