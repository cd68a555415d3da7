-- Counted calls from the ledger, one row per call and sign; a call that a later tally took back cancels out in every sum.
SELECT
    call.start_time AS t,
    call.kind AS kind,
    call.agent AS agent,
    call.provider AS provider,
    call.model AS model,
    call.tool AS tool,
    toInt64(r.sign) AS call_count,
    r.sign * toInt64(call.failed) AS failed,
    r.sign * toInt64(call.validity = 1) AS valid,
    r.sign * toInt64(call.validity = 2) AS invalid,
    r.sign * toInt64(call.cost_status = 3) AS unpriced,
    r.sign * toInt64(call.kind IN ('llm', 'embedding') AND NOT call.failed AND call.usage_reported = 0 AND call.cost_status = 3) AS missing_usage,
    r.sign * toInt64(call.input_uncached) AS input_uncached,
    r.sign * toInt64(call.cache_read) AS cache_read,
    r.sign * toInt64(call.cache_write_5m) AS cache_write_5m,
    r.sign * toInt64(call.cache_write_1h) AS cache_write_1h,
    r.sign * toInt64(call.input_audio) AS input_audio,
    r.sign * toInt64(call.input_image) AS input_image,
    r.sign * toInt64(call.output_text) AS output_text,
    r.sign * toInt64(call.reasoning) AS reasoning,
    r.sign * toInt64(call.output_audio) AS output_audio,
    r.sign * toInt64(call.output_image) AS output_image,
    r.sign * toDecimal128(call.cost, 9) AS cost,
    map(toInt16(floor(log2(call.duration_ns + 1) * 8)), toInt64(r.sign)) AS duration_histogram
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE r.project_id = {project:UInt32}
  AND r.outcome IN {outcome:Array(String)}
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND call.start_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
  AND call.start_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')