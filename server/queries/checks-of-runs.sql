-- The guardrail checks of runs as they stand.
SELECT
    run_id,
    lower(hex(item.1)) AS span_id,
    item.2 AS name,
    item.3 AS verdict,
    toString(toUnixTimestamp64Nano(item.4)) AS time_nanos,
    item.5 AS agent,
    item.6 AS fail_open
FROM (
    SELECT
        lower(hex(r.run_id)) AS run_id,
        arrayZip(r.checks.span_id, r.checks.name, r.checks.verdict, r.checks.time, r.checks.agent, r.checks.fail_open) AS checks_of_run
    FROM run_ledger AS r
    WHERE r.project_id = {project:UInt32}
      AND r.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16))
      -- The hours in which these runs ended: the ledger and the runs are ordered by them.
      AND toStartOfHour(r.end_time) IN (
        SELECT toStartOfHour(h.end_time) FROM runs AS h
        WHERE h.project_id = {project:UInt32}
          AND h.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16)))
    ORDER BY r.version DESC, r.sign DESC
    LIMIT 1 BY r.run_id
)
ARRAY JOIN checks_of_run AS item
LIMIT {limit:UInt32}
