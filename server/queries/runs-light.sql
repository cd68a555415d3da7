-- What a trace shows of its run.
SELECT
    lower(hex(r.run_id)) AS run_id,
    length(r.trace_ids) AS traces,
    r.input_uncached AS sum_input_uncached,
    r.cache_read AS sum_cache_read,
    r.cache_write_5m AS sum_cache_write_5m,
    r.cache_write_1h AS sum_cache_write_1h,
    r.input_audio AS sum_input_audio,
    r.input_image AS sum_input_image,
    r.output_text AS sum_output_text,
    r.reasoning AS sum_reasoning,
    r.output_audio AS sum_output_audio,
    r.output_image AS sum_output_image,
    r.usage_unreported AS usage_unreported,
    toString(r.cost) AS cost_usd,
    r.cost_status AS cost_status
FROM runs AS r FINAL
WHERE r.project_id = {project:UInt32}
  AND r.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16))
  -- The hours in which these runs ended: the ledger and the runs are ordered by them.
  AND toStartOfHour(r.end_time) IN (
    SELECT toStartOfHour(h.end_time) FROM runs AS h
    WHERE h.project_id = {project:UInt32}
      AND h.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16)))
