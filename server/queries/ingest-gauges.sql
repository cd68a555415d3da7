-- Gauges of the collectors per step: the largest, and the last.
SELECT
    intDiv(toUnixTimestamp64Milli(i.time) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    i.reason AS gauge,
    max(i.items) AS largest,
    argMax(i.items, i.time) AS last,
    toUnixTimestamp64Milli(max(i.time)) AS last_ms
FROM ingest_stats AS i
WHERE i.project_id = 0
  AND i.time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
  AND i.time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
  AND i.result = 'state'
GROUP BY step, gauge
ORDER BY step, gauge
