-- The last different examples of each reason.
SELECT
    i.result AS result,
    i.reason AS reason,
    i.signal AS signal,
    i.protocol AS protocol,
    i.sample AS sample,
    toUnixTimestamp64Milli(max(i.time)) AS last_ms
FROM ingest_stats AS i
WHERE i.project_id IN ({project:UInt32}, 0)
  AND i.time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
  AND i.time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
  AND i.sample != ''
GROUP BY result, reason, signal, protocol, sample
ORDER BY result, reason, last_ms DESC
LIMIT {samples:UInt32} BY result, reason
