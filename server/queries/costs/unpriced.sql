-- Calls without a price, one line per model and tier, the most tokens first. A call that a later tally took back cancels out in its run.
SELECT
    provider,
    model,
    request_model,
    service_tier,
    toString(sum(calls_of_run)) AS calls,
    toString(count()) AS runs,
    toString(toUnixTimestamp64Nano(min(first_seen))) AS first_nanos,
    toString(toUnixTimestamp64Nano(max(last_seen))) AS last_nanos,
    sum(input_uncached) AS sum_input_uncached,
    sum(cache_read) AS sum_cache_read,
    sum(cache_write_5m) AS sum_cache_write_5m,
    sum(cache_write_1h) AS sum_cache_write_1h,
    sum(input_audio) AS sum_input_audio,
    sum(input_image) AS sum_input_image,
    sum(output_text) AS sum_output_text,
    sum(reasoning) AS sum_reasoning,
    sum(output_audio) AS sum_output_audio,
    sum(output_image) AS sum_output_image
FROM (
    SELECT
        call.provider AS provider,
        call.model AS model,
        call.request_model AS request_model,
        call.service_tier AS service_tier,
        sum(toInt64(r.sign)) AS calls_of_run,
        min(call.start_time) AS first_seen,
        max(call.start_time) AS last_seen,
        sum(r.sign * toInt64(call.input_uncached)) AS input_uncached,
        sum(r.sign * toInt64(call.cache_read)) AS cache_read,
        sum(r.sign * toInt64(call.cache_write_5m)) AS cache_write_5m,
        sum(r.sign * toInt64(call.cache_write_1h)) AS cache_write_1h,
        sum(r.sign * toInt64(call.input_audio)) AS input_audio,
        sum(r.sign * toInt64(call.input_image)) AS input_image,
        sum(r.sign * toInt64(call.output_text)) AS output_text,
        sum(r.sign * toInt64(call.reasoning)) AS reasoning,
        sum(r.sign * toInt64(call.output_audio)) AS output_audio,
        sum(r.sign * toInt64(call.output_image)) AS output_image
    FROM run_ledger AS r
    ARRAY JOIN calls AS call
    WHERE {{calls}}
      AND call.cost_status = 3
      AND call.kind != 'review' AND NOT startsWith(call.kind, 'charge.')
    GROUP BY provider, model, request_model, service_tier, r.run_id
    HAVING calls_of_run > 0
)
GROUP BY provider, model, request_model, service_tier
ORDER BY
    sum_input_uncached + sum_cache_read + sum_cache_write_5m + sum_cache_write_1h + sum_input_audio + sum_input_image
        + sum_output_text + sum_reasoning + sum_output_audio + sum_output_image DESC,
    provider, model, request_model, service_tier
LIMIT {limit:UInt32} OFFSET {offset:UInt64}
