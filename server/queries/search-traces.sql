-- Traces whose id begins with the text: a range of the primary key.
SELECT
    lower(hex(t.trace_id)) AS trace_id,
    t.root_name AS root_name,
    t.agent AS agent
FROM traces AS t FINAL
WHERE t.project_id = {project:UInt32}
  AND t.trace_id >= toFixedString(unhex({first:String}), 16)
  AND t.trace_id <= toFixedString(unhex({last:String}), 16)
ORDER BY t.start_time DESC
LIMIT 6
