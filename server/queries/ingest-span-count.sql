-- How many spans the question about their keys has before it, as far as it reads.
SELECT least(count(), {spans:UInt32}) AS spans
FROM spans AS s
WHERE s.project_id = {project:UInt32}
  AND s.start_time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
  AND s.start_time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
  AND s.origin = 'span'
