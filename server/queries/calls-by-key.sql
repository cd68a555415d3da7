-- Calls by what a report is about, and by the agent that made them.
SELECT
    {{keys}},
    agent,
    sumIf(call_count, kind IN {callKinds:Array(String)}) AS calls,
    sumIf(c.failed, kind IN {callKinds:Array(String)}) AS errors,
    sum(valid) AS valid_calls,
    sum(invalid) AS invalid_calls,
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
    toString(sum(cost)) AS cost_usd,
    toString(toUnixTimestamp64Nano(max(t))) AS last_nanos,
    sumMap(duration_histogram) AS durations
FROM (
{{calls}}
) AS c
WHERE kind NOT IN {otherKinds:Array(String)}
GROUP BY {{keys}}, agent
HAVING sum(call_count) > 0
LIMIT {limit:UInt32}
