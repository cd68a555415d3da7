-- Costs by key and period, and over everything (is_total = 1): the ledger is read and summed once, the total is the sum of the sums.
SELECT
    {{keys}}
    period_ms,
    toUInt8({{isTotal}}) AS is_total,
    sum(line.calls) AS calls,
    {{runs}} AS runs,
    sum(line.unpriced_calls) AS unpriced_calls,
    sum(line.priced_calls) AS priced_calls,
    sum(line.sum_input_uncached) AS sum_input_uncached,
    sum(line.sum_cache_read) AS sum_cache_read,
    sum(line.sum_cache_write_5m) AS sum_cache_write_5m,
    sum(line.sum_cache_write_1h) AS sum_cache_write_1h,
    sum(line.sum_input_audio) AS sum_input_audio,
    sum(line.sum_input_image) AS sum_input_image,
    sum(line.sum_output_text) AS sum_output_text,
    sum(line.sum_reasoning) AS sum_reasoning,
    sum(line.sum_output_audio) AS sum_output_audio,
    sum(line.sum_output_image) AS sum_output_image,
    sumForEach(line.unreported_runs) AS unreported_runs,
    sum(line.cost) AS sum_cost,
    toString(sum_cost) AS cost_usd,
    toString(sum(line.tools)) AS tools_usd,
    toString(sum(line.review)) AS review_usd,
    toString(sum(line.evaluation)) AS evaluation_usd,
    toString(sum(line.platform)) AS platform_usd,
    toString(sum(line.allocated)) AS allocated_usd,
    toString(sum(line.reported)) AS reported_usd,
    toUnixTimestamp64Milli(toDateTime64(max(line.run_end), 3, 'UTC')) AS last_end_ms
FROM
(
    SELECT
        {{keys}}
        period_ms,
        sum(run_of_key) AS runs_of_key,
        sum(run_of_all) AS runs_of_all,
        sumIf(lines, kind NOT IN {{notCalls}}) AS calls,
        sumIf(lines, cost_status = 3) AS unpriced_calls,
        sumIf(lines, cost_status IN (1, 2) AND kind NOT IN {{notModels}}) AS priced_calls,
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
        [{{unreported}}] AS unreported_runs,
        sum(source.amount) AS cost,
        sumIf(source.amount, kind IN {{tools}}) AS tools,
        sumIf(source.amount, kind IN {{review}}) AS review,
        sumIf(source.amount, kind IN {{evaluation}}) AS evaluation,
        sumIf(source.amount, kind IN {{platform}}) AS platform,
        sumIf(source.amount, is_shared) AS allocated,
        sumIf(source.amount, cost_status = 1) AS reported,
        maxIf(source.run_end, lines > 0) AS run_end
    FROM (
{{lines}}
    ) AS source
    GROUP BY {{keys}} period_ms
    HAVING sum(lines) != 0
) AS line
GROUP BY {{groups}}
{{page}}
