r.project_id = {project:UInt32}
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND r.end_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')