-- What came to a closed month after its close, by the keys of the frozen rows, beside what they said. A change of nothing but a key (a team that was named late)
-- is two lines that cancel out.
SELECT
    {{names}},
    toString(sum(closed)) AS closed_usd,
    toString(sum(later)) AS adjustment_usd,
    sum(later_calls) AS calls,
    sum(later_input) AS input_tokens,
    sum(later_output) AS output_tokens
FROM (
    SELECT
        toString(toDate(call.start_time)) AS day,
        {{ledger}},
        toDecimal128(0, 9) AS closed,
        r.sign * toDecimal128(call.cost, 9) AS later,
        r.sign * toInt64(NOT startsWith(call.kind, 'charge.') AND call.kind != 'review') AS later_calls,
        r.sign * toInt64(call.input_uncached + call.cache_read + call.cache_write_5m + call.cache_write_1h + call.input_audio + call.input_image) AS later_input,
        r.sign * toInt64(call.output_text + call.reasoning + call.output_audio + call.output_image) AS later_output
    FROM run_ledger AS r
    ARRAY JOIN calls AS call
    WHERE r.project_id = {project:UInt32}
      AND r.end_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND r.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND r.tallied_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      AND r.tallied_at >= fromUnixTimestamp64Milli({talliedFrom:Int64}, 'UTC')
      AND r.tallied_at < fromUnixTimestamp64Milli({talliedTo:Int64}, 'UTC')
      AND call.start_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND call.start_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    UNION ALL
    SELECT
        c.day AS day,
        {{frozen}},
        toDecimal128(c.cost, 9) AS closed,
        toDecimal128(0, 9) AS later,
        toInt64(0) AS later_calls,
        toInt64(0) AS later_input,
        toInt64(0) AS later_output
    FROM closed_costs AS c
    WHERE c.project_id = {project:UInt32}
      AND c.month = {month:String}
      AND c.version = {version:UInt64}
) AS line
GROUP BY {{names}}
HAVING sum(later) != 0 OR sum(later_calls) != 0 OR sum(later_input) != 0 OR sum(later_output) != 0
ORDER BY abs(sum(later)) DESC, {{names}}
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
