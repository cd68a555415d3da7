(positionCaseInsensitiveUTF8(r.first_input, {q:String}) > 0
  OR positionCaseInsensitiveUTF8(r.last_output, {q:String}) > 0
  OR hasAny(r.trace_ids, (
      SELECT groupUniqArray(100000)(trace_id) FROM (
        SELECT trace_id FROM spans
        WHERE project_id = {project:UInt32}
          AND start_time >= fromUnixTimestamp64Nano({qFrom:Int64}, 'UTC')
          AND start_time < fromUnixTimestamp64Nano({qTo:Int64}, 'UTC')
          AND (positionCaseInsensitiveUTF8(input_preview, {q:String}) > 0
            OR positionCaseInsensitiveUTF8(output_preview, {q:String}) > 0
            OR positionCaseInsensitiveUTF8(status_message, {q:String}) > 0
            OR arrayExists(v -> positionCaseInsensitiveUTF8(v, {q:String}) > 0, mapValues(attrs))
            OR arrayExists(v -> positionCaseInsensitiveUTF8(v, {q:String}) > 0, events.attrs))
        UNION ALL
        SELECT trace_id FROM content
        WHERE project_id = {project:UInt32}{{words}}
        AND positionCaseInsensitiveUTF8(body, {q:String}) > 0))))
