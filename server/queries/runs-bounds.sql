-- From the first start to the last end of the runs of a question that names them instead of a range.
SELECT
    count() AS runs,
    toString(toUnixTimestamp64Nano(min(r.start_time))) AS start_nanos,
    toString(toUnixTimestamp64Nano(max(r.end_time))) AS end_nanos
FROM runs AS r FINAL
WHERE {{runs}}
