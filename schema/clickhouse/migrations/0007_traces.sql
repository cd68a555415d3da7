-- Where each trace stands: its run and its bounds, so that every later question about it reads a narrow range. Written by the tallier.
CREATE TABLE IF NOT EXISTS traces
(
    `project_id` UInt32,
    `trace_id` FixedString(16),
    `version` UInt64,
    `run_id` FixedString(16),
    `session_id` String CODEC(ZSTD(1)),
    `is_call_root` Bool,
    `run_traces` UInt32 CODEC(T64, ZSTD(1)),
    `stray_response_ids` Array(String) CODEC(ZSTD(1)),
    `start_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `last_start_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `end_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `run_end_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `run_version` UInt64 CODEC(T64, ZSTD(1)),
    `span_count` UInt32 CODEC(T64, ZSTD(1)),
    `error_count` UInt32 CODEC(T64, ZSTD(1)),
    `root_name` LowCardinality(String),
    `service` LowCardinality(String),
    `agent` LowCardinality(String),
    `env` LowCardinality(String),
    drop_date Date MATERIALIZED toDate(end_time) + toIntervalDay(400),
    INDEX ix_run run_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, trace_id)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 1024;
