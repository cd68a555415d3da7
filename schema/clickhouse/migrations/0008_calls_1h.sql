-- Calls per hour of their start, from the ledger: sums of sign * value, never quantile or uniq states (storage.md section 0, point 5).
-- duration_histogram: floor(log2(ns + 1) * 8) -> calls; a bucket is 9 % wide.
CREATE TABLE IF NOT EXISTS calls_1h
(
    project_id UInt32,
    t DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    kind LowCardinality(String),
    agent LowCardinality(String),
    provider LowCardinality(String),
    model LowCardinality(String),
    tool LowCardinality(String),
    env LowCardinality(String),
    team LowCardinality(String),
    call_count SimpleAggregateFunction(sum, Int64),
    failed SimpleAggregateFunction(sum, Int64),
    valid SimpleAggregateFunction(sum, Int64),
    invalid SimpleAggregateFunction(sum, Int64),
    unpriced SimpleAggregateFunction(sum, Int64),
    missing_usage SimpleAggregateFunction(sum, Int64),
    input_uncached SimpleAggregateFunction(sum, Int64),
    cache_read SimpleAggregateFunction(sum, Int64),
    cache_write_5m SimpleAggregateFunction(sum, Int64),
    cache_write_1h SimpleAggregateFunction(sum, Int64),
    input_audio SimpleAggregateFunction(sum, Int64),
    input_image SimpleAggregateFunction(sum, Int64),
    output_text SimpleAggregateFunction(sum, Int64),
    reasoning SimpleAggregateFunction(sum, Int64),
    output_audio SimpleAggregateFunction(sum, Int64),
    output_image SimpleAggregateFunction(sum, Int64),
    cost SimpleAggregateFunction(sum, Decimal(38, 9)),
    duration_ns SimpleAggregateFunction(sum, Int64),
    duration_histogram SimpleAggregateFunction(sumMap, Map(Int16, Int64))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(t)
ORDER BY (project_id, t, kind, agent, provider, model, tool, env, team)
TTL t + toIntervalDay(400)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes};

CREATE MATERIALIZED VIEW IF NOT EXISTS calls_1h_mv TO calls_1h AS
SELECT
    project_id,
    toDateTime(toStartOfHour(call.start_time), 'UTC') AS t,
    call.kind AS kind,
    call.agent AS agent,
    call.provider AS provider,
    call.model AS model,
    call.tool AS tool,
    env,
    team,
    sum(toInt64(sign)) AS call_count,
    sum(sign * toInt64(call.failed)) AS failed,
    sum(sign * toInt64(call.validity = 1)) AS valid,
    sum(sign * toInt64(call.validity = 2)) AS invalid,
    sum(sign * toInt64(call.cost_status = 3)) AS unpriced,
    sum(sign * toInt64(call.kind IN ('llm', 'embedding') AND NOT call.failed AND call.usage_reported = 0 AND call.cost_status = 3)) AS missing_usage,
    sum(sign * toInt64(call.input_uncached)) AS input_uncached,
    sum(sign * toInt64(call.cache_read)) AS cache_read,
    sum(sign * toInt64(call.cache_write_5m)) AS cache_write_5m,
    sum(sign * toInt64(call.cache_write_1h)) AS cache_write_1h,
    sum(sign * toInt64(call.input_audio)) AS input_audio,
    sum(sign * toInt64(call.input_image)) AS input_image,
    sum(sign * toInt64(call.output_text)) AS output_text,
    sum(sign * toInt64(call.reasoning)) AS reasoning,
    sum(sign * toInt64(call.output_audio)) AS output_audio,
    sum(sign * toInt64(call.output_image)) AS output_image,
    sum(sign * toDecimal128(call.cost, 9)) AS cost,
    sum(sign * toInt64(call.duration_ns)) AS duration_ns,
    sumMap(map(toInt16(floor(log2(toFloat64(call.duration_ns) + 1) * 8)), toInt64(sign))) AS duration_histogram
FROM run_ledger
ARRAY JOIN calls AS call
GROUP BY project_id, t, kind, agent, provider, model, tool, env, team;
