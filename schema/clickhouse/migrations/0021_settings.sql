-- What people decided, as documents: prices of a project, budgets, shared costs, closed months, bills. Append-only: the newest version holds, older ones say
-- what held when.
CREATE TABLE IF NOT EXISTS settings
(
    `project_id` UInt32,
    `kind` LowCardinality(String),
    `name` String,
    `version` UInt64,
    `changed_at` DateTime64(3,'UTC'),
    `actor` String,
    `deleted` Bool,
    `body` String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (project_id, kind, name, version)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 256;

-- Who changed what, when and why: an entry for every change of a setting and every job that rewrites history. Never updated, never expired.
CREATE TABLE IF NOT EXISTS audit_log
(
    `project_id` UInt32,
    `time` DateTime64(3,'UTC'),
    `entry_id` FixedString(16),
    `actor` String,
    `action` LowCardinality(String),
    `subject` String,
    `detail` String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (project_id, time, entry_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 256;
