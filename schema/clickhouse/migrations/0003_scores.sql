-- Judgements of spans, runs and sessions, one row per score id whenever it was made: sent again with another time, the last one received stands.
-- All are kept; which one decides an outcome is settled when the run is tallied (semantics.md section 3).
CREATE TABLE IF NOT EXISTS scores
(
    `project_id` UInt32,
    `score_id` FixedString(16),
    `time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `name` LowCardinality(String),
    `source` LowCardinality(String),
    `evaluator` LowCardinality(String),
    `evaluator_version` LowCardinality(String),
    `value` Float64,
    `label` LowCardinality(String),
    `explanation` String CODEC(ZSTD(1)),
    `trace_id` FixedString(16),
    `span_id` FixedString(8),
    `session_id` String CODEC(ZSTD(1)),
    `response_id` String CODEC(ZSTD(1)),
    `attrs` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `received_at` DateTime64(3,'UTC') CODEC(Delta(8), ZSTD(1)),
    drop_date Date MATERIALIZED toDate(time) + toIntervalDay(400),
    INDEX ix_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toMonday(drop_date)
ORDER BY (project_id, name, score_id)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 2048;
