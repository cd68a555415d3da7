-- Closed months: what every day, call and run came to at a moment of the ledger, by everything that an adjustment is told apart by. Written once under a version and
-- never changed or expired: the ledger behind it goes after 400 days, what was reported stays. The document month_close/<month> says which version holds.
CREATE TABLE IF NOT EXISTS closed_costs
(
    `project_id` UInt32,
    `month` LowCardinality(String),
    `version` UInt64,
    `line` UInt32,
    `day` LowCardinality(String),
    `provider` LowCardinality(String),
    `model` LowCardinality(String),
    `component` LowCardinality(String),
    `team` LowCardinality(String),
    `cost_center` LowCardinality(String),
    `agent` LowCardinality(String),
    `agent_version` LowCardinality(String),
    `workflow` LowCardinality(String),
    `customer` LowCardinality(String),
    `env` LowCardinality(String),
    `calls` Int64,
    `input_tokens` Int64,
    `output_tokens` Int64,
    `cost` Decimal64(9)
)
ENGINE = MergeTree
ORDER BY (project_id, month, version, line)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes};
