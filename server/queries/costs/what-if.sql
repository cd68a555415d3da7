-- Calls of models, summed as another model's prices need them: by service tier, and by which of its sizes of input they reach.
SELECT
    {{keys}}
    call.service_tier AS service_tier,
    arrayCount(start -> toInt64(start) < (toInt64(call.input_uncached) + call.cache_read + call.cache_write_5m + call.cache_write_1h + call.input_audio + call.input_image),
        {starts:Array(String)}) AS step,
    toString(sum(toInt64(r.sign))) AS call_count,
    toString(sum(r.sign * toInt64(call.cost_status = 3))) AS unpriced_calls,
    toString(sum(r.sign * toDecimal128(call.cost, 9))) AS cost_usd,
    sum(r.sign * toInt64(call.input_uncached)) AS sum_input_uncached,
    sum(r.sign * toInt64(call.cache_read)) AS sum_cache_read,
    sum(r.sign * toInt64(call.cache_write_5m)) AS sum_cache_write_5m,
    sum(r.sign * toInt64(call.cache_write_1h)) AS sum_cache_write_1h,
    sum(r.sign * toInt64(call.input_audio)) AS sum_input_audio,
    sum(r.sign * toInt64(call.input_image)) AS sum_input_image,
    sum(r.sign * toInt64(call.output_text)) AS sum_output_text,
    sum(r.sign * toInt64(call.reasoning)) AS sum_reasoning,
    sum(r.sign * toInt64(call.output_audio)) AS sum_output_audio,
    sum(r.sign * toInt64(call.output_image)) AS sum_output_image
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE {{calls}}
  AND call.kind NOT IN ('embedding', 'rerank', 'tool', 'retrieval', 'review') AND NOT startsWith(call.kind, 'charge.')
GROUP BY ALL
HAVING sum(toInt64(r.sign)) > 0
