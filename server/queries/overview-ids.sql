-- Distinct ids where runs carry several of them (overview-distinct.sql).
SELECT
    uniqExactArray(arrayMap(id -> cityHash64(id), arrayFilter(id -> id != '', arrayPushBack(r.session_ids, r.session_id)))) AS sessions_named,
    uniqExactArray(arrayMap(id -> cityHash64(id), arrayFilter(id -> id != '', arrayPushBack(r.user_ids, r.user_id)))) AS users
FROM runs AS r FINAL
WHERE {{runs}}
