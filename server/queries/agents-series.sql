-- Runs by the agent of their root, per step of the range.
SELECT
    r.root_agent AS agent,
    intDiv(toUnixTimestamp64Milli(r.end_time) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    count() AS value
FROM runs AS r FINAL
WHERE {{runs}}
GROUP BY agent, step
