-- What the range's priced calls were of, a line per provider, model, tier and day: what the price book is asked about.
SELECT
    toString(call.provider) AS provider,
    toString(call.model) AS model,
    toString(call.service_tier) AS tier,
    groupUniqArray(intDiv(toUnixTimestamp64Nano(call.start_time), 86400000000000) * 86400000) AS days_ms
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE r.project_id = {project:UInt32}
  AND r.tallied_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
  AND call.cost_status IN (1, 2)
  AND call.model != ''
GROUP BY provider, model, tier
ORDER BY provider, model, tier
