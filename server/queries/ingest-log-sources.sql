-- Who sent log records of the range.
SELECT
    l.service AS service,
    l.scope AS scope,
    count() AS logs,
    toUnixTimestamp64Milli(min(l.received_at)) AS first_ms,
    toUnixTimestamp64Milli(max(l.received_at)) AS last_ms
FROM logs AS l
WHERE l.project_id = {project:UInt32}
  AND l.time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
  AND l.time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
GROUP BY service, scope
ORDER BY logs DESC
LIMIT {limit:UInt32}
