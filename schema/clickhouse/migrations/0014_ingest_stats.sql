-- The collector's own account: what was received, acknowledged, rejected and why, a row per minute, project, signal, protocol and reason and write;
-- examples of what was refused (`sample`), and gauges of the collector (`result = 'state'`, project 0). Some rows every ten seconds: summed when read.
CREATE TABLE IF NOT EXISTS ingest_stats
(
    `project_id` UInt32,
    `time` DateTime64(3,'UTC') CODEC(Delta(8), ZSTD(1)),
    `flush_id` FixedString(16),
    `signal` LowCardinality(String),
    `protocol` LowCardinality(String),
    `result` LowCardinality(String),
    `reason` LowCardinality(String),
    `requests` UInt64 CODEC(T64, ZSTD(1)),
    `items` UInt64 CODEC(T64, ZSTD(1)),
    `bytes` UInt64 CODEC(T64, ZSTD(1)),
    `sample` String CODEC(ZSTD(1)),
    drop_date Date MATERIALIZED toDate(time) + toIntervalDay(90)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(drop_date)
ORDER BY (project_id, time)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 2048;
