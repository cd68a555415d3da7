-- Spans of a trace without their maps, each in its last version, oldest first.
SELECT *
FROM (
    SELECT
        lower(hex(s.trace_id)) AS trace_id,
        lower(hex(s.span_id)) AS span_id,
        if(s.parent_span_id = toFixedString('', 8), '', lower(hex(s.parent_span_id))) AS parent_span_id,
        s.name AS name,
        s.kind AS kind,
        s.service AS service,
        s.agent AS agent,
        s.model AS model,
        s.tool AS tool,
        toString(toUnixTimestamp64Nano(s.start_time)) AS start_nanos,
        toString(s.duration_ns) AS duration_nanos,
        s.status AS status,
        s.failed AS failed,
        s.has_usage AS has_usage,
        s.usage_reported AS usage_reported,
        s.input_uncached AS sum_input_uncached,
        s.cache_read AS sum_cache_read,
        s.cache_write_5m AS sum_cache_write_5m,
        s.cache_write_1h AS sum_cache_write_1h,
        s.input_audio AS sum_input_audio,
        s.input_image AS sum_input_image,
        s.output_text AS sum_output_text,
        s.reasoning AS sum_reasoning,
        s.output_audio AS sum_output_audio,
        s.output_image AS sum_output_image,
        s.ttft_ns AS ttft_ns
    FROM spans AS s
    WHERE s.project_id = {project:UInt32}
      AND s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
      AND s.start_time >= fromUnixTimestamp64Nano({firstNanos:Int64}, 'UTC')
      AND s.start_time <= fromUnixTimestamp64Nano({lastNanos:Int64}, 'UTC')
      AND s.origin != 'log'
    ORDER BY s.received_order DESC
    LIMIT 1 BY s.trace_id, s.span_id
)
ORDER BY toInt64(start_nanos), span_id
LIMIT {limit:UInt32}
