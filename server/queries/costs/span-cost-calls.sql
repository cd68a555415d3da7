-- The counted calls of a run as they stand, with all that their costs came from.
SELECT
    lower(hex(r.run_id)) AS run_id,
    toString(toUnixTimestamp64Milli(r.tallied_at)) AS tallied_ms,
    lower(hex(call.span_id)) AS span_id,
    lower(hex(call.trace_id)) AS trace_id,
    call.kind AS kind,
    toString(toUnixTimestamp64Nano(call.start_time)) AS start_nanos,
    toString(call.duration_ns) AS duration_nanos,
    call.provider AS provider,
    call.model AS model,
    call.request_model AS request_model,
    call.tool AS tool,
    call.service_tier AS service_tier,
    toString(call.cost) AS cost_usd,
    toString(call.cost_reported) AS reported_usd,
    toString(call.cost_computed) AS computed_usd,
    call.cost_status AS cost_status,
    call.price_ref AS price_ref,
    call.input_uncached AS sum_input_uncached,
    call.cache_read AS sum_cache_read,
    call.cache_write_5m AS sum_cache_write_5m,
    call.cache_write_1h AS sum_cache_write_1h,
    call.input_audio AS sum_input_audio,
    call.input_image AS sum_input_image,
    call.output_text AS sum_output_text,
    call.reasoning AS sum_reasoning,
    call.output_audio AS sum_output_audio,
    call.output_image AS sum_output_image
FROM (
    SELECT *
    FROM run_ledger AS l
    WHERE l.project_id = {project:UInt32}
      AND l.run_id = toFixedString(unhex({runId:String}), 16)
      AND toStartOfHour(l.end_time) IN (
        SELECT toStartOfHour(h.end_time) FROM runs AS h
        WHERE h.project_id = {project:UInt32} AND h.run_id = toFixedString(unhex({runId:String}), 16))
    ORDER BY l.version DESC, l.sign DESC
    LIMIT 1
) AS r
ARRAY JOIN calls AS call
LIMIT {limit:UInt32}
