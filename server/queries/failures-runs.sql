-- The last runs of the question that failed or hold a failed span.
SELECT
    lower(hex(r.run_id)) AS run_id,
    {{sessionKey}} AS session_id,
    arrayMap(id -> lower(hex(id)), r.trace_ids) AS trace_ids,
    toString(toUnixTimestamp64Nano(r.start_time)) AS start_nanos,
    toString(toUnixTimestamp64Nano(r.end_time)) AS end_nanos,
    r.agent_version AS version,
    r.outcome AS outcome,
    r.outcome_source AS outcome_source
FROM runs AS r FINAL
WHERE {{runs}}
  AND (r.error_count > 0 OR r.outcome IN ('failure', 'infra_error'))
ORDER BY r.end_time DESC, run_id
LIMIT {limit:UInt32}
