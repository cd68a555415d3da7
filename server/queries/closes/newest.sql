-- When something of a range of time was last tallied.
SELECT toUnixTimestamp64Milli(max(r.tallied_at)) AS newest_ms
FROM run_ledger AS r
WHERE r.project_id = {project:UInt32}
  AND r.end_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
