-- Costs in the grain of FOCUS: UTC day, keys, component, price and, where tokens were counted, the bucket of tokens. What the calls of a group cost is split
-- over their buckets in proportion to tokens × rate of the price book, in whole nano-dollars; what dividing leaves over goes to the largest part, so
-- the parts always add up to the cost. Without a rate for every bucket the tokens alone decide.
SELECT
    *,
    bucket,
    nth,
    bucket > 0 AS has_tokens,
    if(has_tokens, tokens[bucket], line_count) AS quantity,
    if(bucket > 0, parts[bucket], cost_nano) AS nano_usd,
    if(has_rates AND bucket > 0, toInt64(rates[bucket]), NULL) AS rate,
    if(nth = 1, group_calls, 0) AS calls,
    if(nth = 1, group_unpriced, 0) AS unpriced_calls,
    toDecimal128(toInt128(nano_usd), 9) / toInt64(1000000000) AS billed
FROM
(
    SELECT
        *,
        has_rates ? arrayMap((count, rate) -> toInt256(count) * greatest(rate, 0), tokens, rates) : arrayMap(count -> toInt256(count), tokens) AS wanted,
        arraySum(wanted) > 0 ? wanted : arrayMap(count -> toInt256(count), tokens) AS weights,
        arrayMap(weight -> intDiv(toInt256(cost_nano) * weight, greatest(arraySum(weights), 1)), weights) AS floors,
        arrayMap((part, i) -> part + if(i = indexOf(weights, arrayMax(weights)), toInt256(cost_nano) - arraySum(floors), 0), floors, arrayEnumerate(floors)) AS parts,
        arrayFilter((i, count) -> count > 0 AND NOT is_credit, arrayEnumerate(tokens), tokens) AS counted,
        empty(counted) ? [toUInt32(0)] : counted AS buckets,
        sum(group_priced) OVER everything AS all_priced,
        sum(group_unpriced) OVER everything AS all_unpriced
    FROM
    (
        SELECT
            period_ms,
            {{keys}},
            component,
            service_tier,
            share_of,
            share_by,
            is_share,
            is_credit,
            is_unpriced,
            above,
            rates,
            sum(lines) AS line_count,
            sum(call_count) AS group_calls,
            sum(priced) AS group_priced,
            sum(unpriced) AS group_unpriced,
            toInt256(sum(cost) * toInt64(1000000000)) AS cost_nano,
            [sum(input_uncached), sum(cache_read), sum(cache_write_5m), sum(cache_write_1h), sum(input_audio), sum(input_image), sum(output_text), sum(reasoning), sum(output_audio), sum(output_image)] AS tokens,
            notEmpty(rates) AND arrayAll((count, rate) -> count <= 0 OR rate >= 0, tokens, rates) AS has_rates
        FROM
        (
            SELECT
                line.*,
                allocated != 0 AS is_share,
                unpriced != 0 AS is_unpriced,
                -- A charge may give money back.
                cost * lines < 0 AND NOT is_share AS is_credit,
                -- Of one call, whichever its sign.
                abs(input_uncached + cache_read + cache_write_5m + cache_write_1h + input_audio + input_image) AS input_tokens,
                arrayLast(entry -> entry.1 <= period_ms AND input_tokens > entry.2, book.entries) AS price,
                is_share OR is_unpriced OR is_credit OR empty(price.3) ? toInt64(-1) : price.2 AS above,
                is_share OR is_unpriced OR is_credit ? emptyArrayInt64() : price.3 AS rates
            FROM (
{{lines}}
            ) AS line
            LEFT JOIN
            (
                SELECT
                    entry.1 AS provider,
                    entry.2 AS model,
                    entry.3 AS tier,
                    arraySort(groupArray((entry.4, entry.5, entry.6))) AS entries
                FROM
                (
                    SELECT arrayJoin(arrayZip({bookProvider:Array(String)}, {bookModel:Array(String)}, {bookTier:Array(String)},
                        {bookFrom:Array(Int64)}, {bookAbove:Array(Int64)}, {bookRates:Array(Array(Int64))})) AS entry
                )
                GROUP BY provider, model, tier
            ) AS book ON book.provider = toString(line.key_0) AND book.model = toString(line.key_1) AND book.tier = line.service_tier
        )
        GROUP BY period_ms, {{keys}}, component, service_tier, share_of, share_by, is_share, is_credit, is_unpriced, above, rates
        HAVING line_count != 0
    )
    WINDOW everything AS (PARTITION BY period_ms, {{keys}}, component)
)
ARRAY JOIN buckets AS bucket, arrayEnumerate(buckets) AS nth
