-- Distinct counts do not add up over steps or rollups: they come from the current state of the runs. Ids are compared by 64 bits of their hash, which makes sets
-- of millions ten times cheaper; that two of 10 million ids share one has a probability of 3 in a million. A run mostly has one session and one user: only where some have
-- several are the lists of ids looked through (overview-ids.sql).
SELECT
    uniqExactIf(cityHash64(r.session_id), r.session_id != '') AS sessions_named,
    countIf(r.session_id = '') AS sessions_unnamed,
    uniqExactIf(cityHash64(r.user_id), r.user_id != '') AS users,
    countIf(length(r.session_ids) > 1 OR length(r.user_ids) > 1) AS runs_with_several
FROM runs AS r FINAL
WHERE {{runs}}
