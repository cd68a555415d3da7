-- Log records as received; log_id is a hash of the record, so that one sent twice can be counted once.
CREATE TABLE IF NOT EXISTS logs
(
    `project_id` UInt32,
    `log_id` FixedString(16),
    `time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `observed_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `trace_id` FixedString(16),
    `span_id` FixedString(8),
    `severity` UInt8,
    `severity_text` LowCardinality(String),
    `event_name` LowCardinality(String),
    `service` LowCardinality(String),
    `scope` LowCardinality(String),
    `env` LowCardinality(String),
    `session_id` String CODEC(ZSTD(1)),
    `body` String CODEC(ZSTD(1)),
    `attrs` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `nums` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    `resource` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `otlp_flags` UInt32 CODEC(T64, ZSTD(1)),
    `received_order` UInt64 CODEC(Delta(8), ZSTD(1)),
    `received_at` DateTime64(3,'UTC') CODEC(Delta(8), ZSTD(1)),
    `retention_days` UInt16,
    -- 0 keeps for ever: the last day that a Date can hold.
    drop_date Date MATERIALIZED if(retention_days = 0, toDate('2149-06-06'), toDate(time) + toIntervalDay(retention_days)),
    INDEX ix_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_body body TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(body))
)
ENGINE = MergeTree
PARTITION BY toMonday(drop_date)
ORDER BY (project_id, toStartOfMinute(time), service, time)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, map_serialization_version = 'with_buckets', map_serialization_version_for_zero_level_parts = 'basic', map_buckets_strategy = 'constant', max_buckets_in_map = 16, map_buckets_min_avg_size = 0;
