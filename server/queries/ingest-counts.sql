-- What the collectors counted, per step. Project 0 holds what came without a known key.
SELECT
    intDiv(toUnixTimestamp64Milli(i.time) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    i.signal AS signal,
    i.protocol AS protocol,
    i.result AS result,
    i.reason AS reason,
    sum(i.requests) AS requests,
    sum(i.items) AS items,
    sum(i.bytes) AS bytes,
    toUnixTimestamp64Milli(min(i.time)) AS first_ms,
    toUnixTimestamp64Milli(max(i.time)) AS last_ms
FROM ingest_stats AS i
WHERE i.project_id IN ({project:UInt32}, 0)
  AND i.time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
  AND i.time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
  AND i.result != 'state'
  AND i.sample = ''
GROUP BY step, signal, protocol, result, reason
ORDER BY step, signal, protocol, result, reason
