-- Input tokens of model calls by key, and by all that their price depends on; `long` are contexts beyond which providers charge more.
SELECT
    {{keys}}
    agent,
    provider,
    model,
    service_tier,
    long,
    day_ms,
    sum(n * input) AS input,
    sum(n * cache_read) AS cache_read,
    sum(n * cache_write_5m) AS cache_write_5m,
    sum(n * cache_write_1h) AS cache_write_1h
FROM
(
    SELECT
        {{callKeys}}
        call.agent AS agent,
        call.provider AS provider,
        call.model AS model,
        call.service_tier AS service_tier,
        toInt64(call.input_uncached) + call.cache_read + call.cache_write_5m + call.cache_write_1h + call.input_audio + call.input_image AS input,
        toUInt8(input > 200000) AS long,
        {{day}} AS day_ms,
        toInt64(r.sign) AS n,
        toInt64(call.cache_read) AS cache_read,
        toInt64(call.cache_write_5m) AS cache_write_5m,
        toInt64(call.cache_write_1h) AS cache_write_1h
    FROM run_ledger AS r
    ARRAY JOIN calls AS call
    WHERE {{calls}}
      AND input > 0
)
GROUP BY {{keys}} agent, provider, model, service_tier, long, day_ms
HAVING sum(n) != 0
