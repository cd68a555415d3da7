-- Large attribute values, once per trace and hash; spans point to them in attr_refs and tool_definitions_ref.
CREATE TABLE IF NOT EXISTS content
(
    `project_id` UInt32,
    `trace_id` FixedString(16),
    `hash` FixedString(16),
    `body` String CODEC(ZSTD(3)),
    `received_at` DateTime64(3,'UTC') CODEC(Delta(8), ZSTD(1)),
    `retention_days` UInt16,
    -- 0 keeps for ever: the last day that a Date can hold.
    drop_date Date MATERIALIZED if(retention_days = 0, toDate('2149-06-06'), toDate(received_at) + toIntervalDay(retention_days)),
    INDEX ix_body body TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(body))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toMonday(drop_date)
ORDER BY (project_id, trace_id, hash)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 128, min_compress_block_size = 65536, max_compress_block_size = 1048576;
