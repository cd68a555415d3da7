-- What the ledger learned of a range of calls after a moment: calls that were not there then, or are there no more (late), and calls that cost something else now (repriced).
-- Only runs of which something was tallied since are looked at.
SELECT
    day,
    provider,
    model,
    if(before > 0 AND after > 0, 'repriced', 'late') AS change,
    toString(sum(cost_after - cost_before)) AS cost_usd,
    count() AS calls
FROM (
    SELECT
        toString(toDate(call.start_time)) AS day,
        call.provider AS provider,
        call.model AS model,
        sumIf(toInt64(r.sign), r.tallied_at <= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS before,
        sum(toInt64(r.sign)) AS after,
        sumIf(r.sign * toDecimal128(call.cost, 9), r.tallied_at <= fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS cost_before,
        sum(r.sign * toDecimal128(call.cost, 9)) AS cost_after
    FROM run_ledger AS r
    ARRAY JOIN calls AS call
    WHERE r.project_id = {project:UInt32}
      AND r.end_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND r.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND r.run_id IN (
          SELECT changed.run_id
          FROM run_ledger AS changed
          WHERE changed.project_id = {project:UInt32}
            AND changed.end_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
            AND changed.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
            AND changed.tallied_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      )
      AND call.start_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND call.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND call.provider != ''
    GROUP BY day, provider, model, r.run_id, call.trace_id, call.span_id
    HAVING before != after OR cost_before != cost_after
)
GROUP BY day, provider, model, change
ORDER BY day, provider, model, change
