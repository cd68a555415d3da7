({{preview}}
  OR hasAny(r.trace_ids, (
      SELECT groupUniqArray(100000)(trace_id) FROM (
        SELECT s.trace_id AS trace_id FROM spans AS s
        WHERE s.project_id = {project:UInt32}
          AND s.start_time >= fromUnixTimestamp64Nano({qFrom:Int64}, 'UTC')
          AND s.start_time < fromUnixTimestamp64Nano({qTo:Int64}, 'UTC')
          AND {{own}}
        UNION ALL
        SELECT c.trace_id AS trace_id FROM content AS c
        WHERE c.project_id = {project:UInt32}
          AND {{body}}))))
