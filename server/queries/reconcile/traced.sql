-- Calls of a range of their starts by UTC day, provider, model and tier, as the ledger knew them at a moment.
SELECT
    toString(toDate(call.start_time)) AS day,
    call.provider AS provider,
    call.model AS model,
    lower(call.service_tier) AS tier,
    toString(sum(r.sign * toDecimal128(call.cost, 9))) AS cost_usd,
    sum(toInt64(r.sign)) AS call_count,
    sum(r.sign * toInt64(call.cost_status = 3)) AS unpriced,
    sum(r.sign * toInt64(call.cache_read)) AS sum_cache_read,
    sum(r.sign * toInt64(call.cache_write_5m)) AS sum_cache_write_5m,
    sum(r.sign * toInt64(call.cache_write_1h)) AS sum_cache_write_1h
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE r.project_id = {project:UInt32}
  AND r.end_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND r.tallied_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND call.start_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND call.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND call.provider != ''
GROUP BY day, provider, model, tier
HAVING call_count != 0 OR sum(r.sign * toDecimal128(call.cost, 9)) != 0
ORDER BY day, provider, model, tier
