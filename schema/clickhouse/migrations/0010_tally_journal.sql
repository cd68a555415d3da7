-- Where talliers beside one another agree on what is written next (docs/decisions/0007). Per shard of projects the entries are numbered; a number
-- exists once, because the insert of an entry is named after its shard and number, and the engine drops the second of two inserts of one name.
-- Only the last entry of a shard is ever read, and merges leave just that one.
CREATE TABLE IF NOT EXISTS tally_journal
(
    `shard` UInt8,
    `sequence` UInt64,
    `entry_id` FixedString(16),
    `writer` FixedString(16),
    `state` UInt8,
    `ledger` String CODEC(ZSTD(1)),
    `traces` String CODEC(ZSTD(1)),
    `written_at` DateTime64(3,'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY shard
SETTINGS non_replicated_deduplication_window = 100000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1;
