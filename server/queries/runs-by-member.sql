-- Runs that contain a tool or a model.
SELECT
    arrayJoin({{members}}) AS member,
    count() AS runs,
    toString(toUnixTimestamp64Nano(max(r.end_time))) AS last_nanos,
    groupBitOr(r.usage_unreported) AS usage_unreported
FROM runs AS r FINAL
WHERE {{runs}}
GROUP BY member
