-- Runs by the step in which they ended; failed ones by span and by outcome apart.
SELECT
    intDiv(toUnixTimestamp64Milli(r.end_time) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    count() AS runs,
    countIf(r.error_count > 0) AS errors,
    countIf(r.outcome = 'failure') AS failures
FROM runs AS r FINAL
WHERE {{runs}}
GROUP BY step
ORDER BY step
