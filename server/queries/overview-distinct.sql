-- Distinct counts do not add up over steps or rollups: they come from the current state of the runs.
SELECT
    uniqExact({{sessionKey}}) AS sessions,
    uniqExactArray(arrayFilter(id -> id != '', arrayPushBack(r.session_ids, r.session_id))) AS sessions_named,
    uniqExactArray(arrayFilter(id -> id != '', arrayPushBack(r.user_ids, r.user_id))) AS users
FROM runs AS r FINAL
WHERE {{runs}}
