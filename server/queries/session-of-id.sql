-- The session that an id stands for: its own key first, then that of the run with this id.
SELECT key
FROM (
    SELECT {{sessionKey}} AS key, 1 AS priority
    FROM runs AS r FINAL
    WHERE r.project_id = {project:UInt32}
      AND r.session_id = {id:String}
      AND {id:String} != ''
    LIMIT 1
    UNION ALL
    SELECT {{sessionKey}} AS key, 2 AS priority
    FROM runs AS r FINAL
    WHERE r.project_id = {project:UInt32}
      AND r.run_id = toFixedString(unhex({runId:String}), 16)
      AND {runId:String} != ''
)
ORDER BY priority
LIMIT 1
