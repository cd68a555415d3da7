-- By what a shared cost is split: tokens, cost and calls of its period per value, as the ledger knew them, the largest first.
SELECT
    {{key}} AS value,
    toString(sum(r.sign * toInt64(call.input_uncached + call.cache_read + call.cache_write_5m + call.cache_write_1h + call.input_audio
        + call.input_image + call.output_text + call.reasoning + call.output_audio + call.output_image))) AS tokens,
    toString(sum(r.sign * toDecimal128(call.cost, 9))) AS cost_usd
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE r.project_id = {project:UInt32}
  AND r.tallied_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
  AND call.start_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND call.start_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
GROUP BY value
HAVING sum(toInt64(r.sign)) > 0
ORDER BY {{order}} DESC, value
LIMIT {limit:UInt32}
