-- Shares of costs that belong to no run, a line per share and period, in the columns of lines-ledger.sql. A share grows evenly with time: what it is in
-- a period is what it has grown to at the end less what it had at the start, so the parts of any cut add up to the share.
SELECT
    {{keys}}
    period_ms,
    toInt64(1) AS lines,
    toInt64(0) AS call_count,
    toInt64(0) AS run_of_key,
    toInt64(0) AS run_of_all,
    toInt64(0) AS unpriced,
    toInt64(0) AS priced,
    toInt64(0) AS input_uncached,
    toInt64(0) AS cache_read,
    toInt64(0) AS cache_write_5m,
    toInt64(0) AS cache_write_1h,
    toInt64(0) AS input_audio,
    toInt64(0) AS input_image,
    toInt64(0) AS output_text,
    toInt64(0) AS reasoning,
    toInt64(0) AS output_audio,
    toInt64(0) AS output_image,
    toUInt16(0) AS unreported,
    share_component AS component,
    toDecimal128(part, 0) * toDecimal128('0.000000001', 9) AS cost,
    toDecimal128(0, 9) AS reported,
    cost AS allocated,
    toLowCardinality(concat('charge.', share_component)) AS kind,
    toUInt8(0) AS cost_status,
    toDecimal64(cost, 9) AS amount,
    true AS is_shared,
    toDateTime64(0, 9, 'UTC') AS run_end
FROM
(
    SELECT
        share.1 AS over,
        share.2 AS value,
        share.3 AS share_component,
        toInt128(share.4) AS nano_usd,
        share.5 AS from_ms,
        share.6 AS to_ms,
        share.7 AS share_name,
        share.8 AS share_rule,
        period.1 AS period_ms,
        greatest(period.2, from_ms) AS first_ms,
        least(period.3, to_ms) AS last_ms,
        intDiv(nano_usd * (last_ms - from_ms), to_ms - from_ms) - intDiv(nano_usd * (first_ms - from_ms), to_ms - from_ms) AS part
    FROM
    (
        SELECT arrayJoin(arrayZip({shareOver:Array(String)}, {shareValue:Array(String)}, {shareComponent:Array(String)},
            {shareNanoUsd:Array(Int64)}, {shareFrom:Array(Int64)}, {shareTo:Array(Int64)}, {shareName:Array(String)}, {shareRule:Array(String)})) AS share
    )
    ARRAY JOIN arrayZip({periodStart:Array(Int64)}, {periodFrom:Array(Int64)}, {periodTo:Array(Int64)}) AS period
    WHERE last_ms > first_ms
)
WHERE part != 0
