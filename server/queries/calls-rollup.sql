-- Counted calls of whole hours from the rollup, in the columns of calls-ledger.sql; t is the start of the hour.
SELECT
    toDateTime64(r.t, 9, 'UTC') AS t,
    r.kind AS kind,
    r.agent AS agent,
    r.provider AS provider,
    r.model AS model,
    r.tool AS tool,
    r.call_count AS call_count,
    r.failed AS failed,
    r.valid AS valid,
    r.invalid AS invalid,
    r.unpriced AS unpriced,
    r.missing_usage AS missing_usage,
    r.input_uncached AS input_uncached,
    r.cache_read AS cache_read,
    r.cache_write_5m AS cache_write_5m,
    r.cache_write_1h AS cache_write_1h,
    r.input_audio AS input_audio,
    r.input_image AS input_image,
    r.output_text AS output_text,
    r.reasoning AS reasoning,
    r.output_audio AS output_audio,
    r.output_image AS output_image,
    r.cost AS cost,
    r.duration_histogram AS duration_histogram
FROM calls_1h AS r
WHERE {{calls}}
