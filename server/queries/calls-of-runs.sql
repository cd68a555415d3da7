-- The counted calls of runs as they stand: the last version of each run in the ledger.
SELECT
    run_id,
    usage_unreported,
    lower(hex(call.1)) AS span_id,
    lower(hex(call.2)) AS trace_id,
    call.3 AS kind,
    call.4 AS failed,
    call.5 AS usage_reported,
    toString(call.6) AS cost_usd,
    call.7 AS cost_status,
    call.8 AS price_ref,
    call.9 AS validity,
    call.10 AS model,
    call.11 AS provider,
    call.12 AS sum_input_uncached,
    call.13 AS sum_cache_read,
    call.14 AS sum_cache_write_5m,
    call.15 AS sum_cache_write_1h,
    call.16 AS sum_input_audio,
    call.17 AS sum_input_image,
    call.18 AS sum_output_text,
    call.19 AS sum_reasoning,
    call.20 AS sum_output_audio,
    call.21 AS sum_output_image
FROM (
    SELECT
        lower(hex(r.run_id)) AS run_id,
        r.usage_unreported AS usage_unreported,
        arrayZip(r.calls.span_id, r.calls.trace_id, r.calls.kind, r.calls.failed, r.calls.usage_reported, r.calls.cost, r.calls.cost_status,
            r.calls.price_ref, r.calls.validity, r.calls.model, r.calls.provider, r.calls.input_uncached, r.calls.cache_read, r.calls.cache_write_5m, r.calls.cache_write_1h, r.calls.input_audio, r.calls.input_image, r.calls.output_text, r.calls.reasoning, r.calls.output_audio, r.calls.output_image) AS calls_of_run
    FROM run_ledger AS r
    WHERE r.project_id = {project:UInt32}
      AND r.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16))
      -- The hours in which these runs ended: the ledger and the runs are ordered by them.
      AND toStartOfHour(r.end_time) IN (
        SELECT toStartOfHour(h.end_time) FROM runs AS h
        WHERE h.project_id = {project:UInt32}
          AND h.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16)))
    ORDER BY r.version DESC, r.sign DESC
    LIMIT 1 BY r.run_id
)
ARRAY JOIN calls_of_run AS call
-- No ids: the calls of all spans.
WHERE empty({spanIds:Array(String)}) OR call.1 IN (SELECT toFixedString(unhex(arrayJoin({spanIds:Array(String)})), 8))
LIMIT {limit:UInt32}
