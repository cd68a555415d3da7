-- Where the spans lie, hour by hour from the newest: how far one search may go is counted with it.
SELECT
    toUnixTimestamp(r.t) AS hour,
    toInt64(sum(r.spans)) AS span_count
FROM runs_1h AS r
WHERE r.project_id = {project:UInt32}
  AND r.t >= toStartOfHour(fromUnixTimestamp64Nano({from:Int64}, 'UTC'))
  AND r.t <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')
GROUP BY hour
ORDER BY hour DESC
