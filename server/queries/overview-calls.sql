-- What the calls of the question add up to, per step of the range.
SELECT
    intDiv(toUnixTimestamp64Milli(t) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    sumIf(call_count, kind IN {modelKinds:Array(String)}) AS model_calls,
    sumIf(failed, kind IN {modelKinds:Array(String)}) AS failed_model_calls,
    sumIf(call_count, kind = 'embedding') AS embedding_calls,
    sumIf(call_count, kind = 'tool') AS tool_calls,
    sumIf(failed, kind = 'tool') AS tool_errors,
    sum(missing_usage) AS missing_usage_calls,
    sum(unpriced) AS unpriced_calls,
    sum(input_uncached) AS sum_input_uncached,
    sum(cache_read) AS sum_cache_read,
    sum(cache_write_5m) AS sum_cache_write_5m,
    sum(cache_write_1h) AS sum_cache_write_1h,
    sum(input_audio) AS sum_input_audio,
    sum(input_image) AS sum_input_image,
    sum(output_text) AS sum_output_text,
    sum(reasoning) AS sum_reasoning,
    sum(output_audio) AS sum_output_audio,
    sum(output_image) AS sum_output_image,
    toString(sum(cost)) AS cost_usd
FROM (
{{calls}}
)
GROUP BY step
ORDER BY step
