-- The newest session in which telemetry also gave this id, beside the one that the session goes by.
SELECT {{sessionKey}} AS key
FROM runs AS r FINAL
WHERE r.project_id = {project:UInt32}
  AND has(r.session_ids, {id:String})
ORDER BY r.end_time DESC
LIMIT 1
