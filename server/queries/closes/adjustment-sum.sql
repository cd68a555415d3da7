-- What came to a closed month after its close: the ledger's later lines, which take back and say anew.
SELECT toString(sum(r.sign * toDecimal128(call.cost, 9))) AS adjustment_usd
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE r.project_id = {project:UInt32}
  AND r.end_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND r.tallied_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
  AND call.start_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND call.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
