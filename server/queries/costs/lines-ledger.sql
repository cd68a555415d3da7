-- What the ledger knows of money, one line per call and sign; a call that a later tally took back cancels out in every sum. Sums of two columns count
-- runs once: run_of_key per key and period, run_of_all in the whole question. They mark, in every version of a run, the first of its calls that the
-- question chooses.
WITH indexOf({{chosen}}, 1) AS first_chosen
SELECT
    {{keys}}
    {{period}} AS period_ms,
    toInt64(r.sign) AS lines,
    r.sign * toInt64(NOT startsWith(call.kind, 'charge.') AND call.kind != 'review') AS call_count,
    r.sign * toInt64({{isFirstOfKey}}) AS run_of_key,
    r.sign * toInt64(nth = first_chosen) AS run_of_all,
    r.sign * toInt64(call.cost_status = 3) AS unpriced,
    r.sign * toInt64(call.cost_status IN (1, 2) AND call.kind NOT IN ('tool', 'retrieval', 'review') AND NOT startsWith(call.kind, 'charge.')) AS priced,
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
    r.usage_unreported AS unreported,
    {{component}} AS component,
    r.sign * toDecimal128(call.cost, 9) AS cost,
    if(call.cost_status = 1, r.sign * toDecimal128(call.cost, 9), toDecimal128(0, 9)) AS reported,
    toDecimal128(0, 9) AS allocated,
    call.kind AS kind,
    call.cost_status AS cost_status,
    if(r.sign = 1, call.cost, -call.cost) AS amount,
    false AS is_shared,
    r.end_time AS run_end
FROM run_ledger AS r
ARRAY JOIN
    calls AS call,
    arrayEnumerate(calls.kind) AS nth{{nthOfKey}}
WHERE {{runs}}
