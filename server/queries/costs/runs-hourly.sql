-- Runs per hour of their end; one that a later tally moved or took back cancels out.
SELECT
    intDiv(toUnixTimestamp64Nano(r.end_time), 3600000000000) * 3600000 AS hour_ms,
    sum(toInt64(r.sign)) AS runs
FROM run_ledger AS r
WHERE r.project_id = {project:UInt32}
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND r.end_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
  {{scope}}
GROUP BY hour_ms
HAVING runs != 0
