-- Data points of metrics as received. series_id tells one series from another; a point sent twice is two rows with one series_id, start_time and time, and
-- its last version counts. One table for every type: what a type does not have is 0, NaN or empty, which costs next to nothing compressed.
CREATE TABLE IF NOT EXISTS metrics
(
    `project_id` UInt32,
    `series_id` FixedString(16),
    `name` LowCardinality(String),
    `type` LowCardinality(String),
    `unit` LowCardinality(String),
    `description` LowCardinality(String),
    `metadata` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `temporality` UInt8,
    `monotonic` Bool,
    `time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `start_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `service` LowCardinality(String),
    `scope` LowCardinality(String),
    `scope_version` LowCardinality(String),
    `env` LowCardinality(String),
    `attrs` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `nums` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    `resource` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `otlp_flags` UInt32 CODEC(T64, ZSTD(1)),
    `value` Float64 CODEC(ZSTD(1)),
    `count` UInt64 CODEC(T64, ZSTD(1)),
    `sum` Float64 CODEC(ZSTD(1)),
    `min` Float64 CODEC(ZSTD(1)),
    `max` Float64 CODEC(ZSTD(1)),
    `bounds` Array(Float64) CODEC(ZSTD(1)),
    `bucket_counts` Array(UInt64) CODEC(ZSTD(1)),
    `bucket_offset` Int32 CODEC(ZSTD(1)),
    `negative_counts` Array(UInt64) CODEC(ZSTD(1)),
    `negative_offset` Int32 CODEC(ZSTD(1)),
    `scale` Int32 CODEC(ZSTD(1)),
    `zero_count` UInt64 CODEC(T64, ZSTD(1)),
    `zero_threshold` Float64 CODEC(ZSTD(1)),
    `quantiles` Array(Float64) CODEC(ZSTD(1)),
    `quantile_values` Array(Float64) CODEC(ZSTD(1)),
    `exemplars.time` Array(DateTime64(9,'UTC')) CODEC(ZSTD(1)),
    `exemplars.value` Array(Float64) CODEC(ZSTD(1)),
    `exemplars.trace_id` Array(FixedString(16)) CODEC(ZSTD(1)),
    `exemplars.span_id` Array(FixedString(8)) CODEC(ZSTD(1)),
    `exemplars.attrs` Array(String) CODEC(ZSTD(1)),
    `received_order` UInt64 CODEC(Delta(8), ZSTD(1)),
    `received_at` DateTime64(3,'UTC') CODEC(Delta(8), ZSTD(1)),
    `retention_days` UInt16,
    -- 0 keeps for ever: the last day that a Date can hold.
    drop_date Date MATERIALIZED if(retention_days = 0, toDate('2149-06-06'), toDate(time) + toIntervalDay(retention_days))
)
ENGINE = MergeTree
PARTITION BY toMonday(drop_date)
ORDER BY (project_id, name, toStartOfHour(time), series_id, time)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 2048, map_serialization_version = 'with_buckets', map_serialization_version_for_zero_level_parts = 'basic', map_buckets_strategy = 'constant', max_buckets_in_map = 16, map_buckets_min_avg_size = 0;
