-- Costs by key and period, and over everything (is_total = 1), in one reading of the ledger.
SELECT
    {{keys}}
    period_ms,
    toUInt8({{isTotal}}) AS is_total,
    sum(call_count) AS calls,
    {{runs}} AS runs,
    sum(unpriced) AS unpriced_calls,
    sum(priced) AS priced_calls,
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
    sumMapIf(map(unreported, run_of_key), unreported != 0 AND run_of_key != 0) AS unreported_runs,
    sum(cost) AS sum_cost,
    toString(sum_cost) AS cost_usd,
    toString(sumIf(cost, component = 'tools')) AS tools_usd,
    toString(sumIf(cost, component = 'review')) AS review_usd,
    toString(sumIf(cost, component = 'evaluation')) AS evaluation_usd,
    toString(sumIf(cost, component = 'platform')) AS platform_usd,
    toString(sum(allocated)) AS allocated_usd,
    toString(sum(reported)) AS reported_usd,
    max(run_end_ms) AS last_end_ms
FROM (
{{lines}}
) AS line
GROUP BY {{groups}}
HAVING {{isTotal}} OR sum(lines) != 0
{{page}}
