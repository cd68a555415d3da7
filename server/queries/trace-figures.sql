-- What the calls of single traces add up to, for runs that span several traces.
SELECT
    lower(hex(call.trace_id)) AS trace_id,
    sumIf(toInt64(r.sign), call.cost_status IN (1, 2)) AS priced,
    sumIf(toInt64(r.sign), call.cost_status = 3) AS unpriced,
    sum(r.sign * toInt64(call.input_uncached)) AS sum_input_uncached,
    sum(r.sign * toInt64(call.cache_read)) AS sum_cache_read,
    sum(r.sign * toInt64(call.cache_write_5m)) AS sum_cache_write_5m,
    sum(r.sign * toInt64(call.cache_write_1h)) AS sum_cache_write_1h,
    sum(r.sign * toInt64(call.input_audio)) AS sum_input_audio,
    sum(r.sign * toInt64(call.input_image)) AS sum_input_image,
    sum(r.sign * toInt64(call.output_text)) AS sum_output_text,
    sum(r.sign * toInt64(call.reasoning)) AS sum_reasoning,
    sum(r.sign * toInt64(call.output_audio)) AS sum_output_audio,
    sum(r.sign * toInt64(call.output_image)) AS sum_output_image,
    toString(sum(r.sign * toDecimal128(call.cost, 9))) AS cost_usd
FROM run_ledger AS r
ARRAY JOIN calls AS call
WHERE r.project_id = {project:UInt32}
  AND r.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16))
  -- The hours in which these runs ended: the ledger and the runs are ordered by them.
  AND toStartOfHour(r.end_time) IN (
    SELECT toStartOfHour(h.end_time) FROM runs AS h
    WHERE h.project_id = {project:UInt32}
      AND h.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16)))
  AND call.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
GROUP BY trace_id
