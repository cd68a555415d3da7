-- Both costs of a call are kept and never added: what the emitter said and what the price book says; `calls.cost` is the one that wins (semantics.md section 2).
-- Rows of before hold the winner alone, so that sums stay as they are; what the other one was is not known.
ALTER TABLE run_ledger ADD COLUMN IF NOT EXISTS `calls.cost_reported` Array(Decimal64(9)) DEFAULT arrayMap((cost, status) -> if(status = 1, cost, toDecimal64(0, 9)), `calls.cost`, `calls.cost_status`) CODEC(ZSTD(1));
ALTER TABLE run_ledger ADD COLUMN IF NOT EXISTS `calls.cost_computed` Array(Decimal64(9)) DEFAULT arrayMap((cost, status) -> if(status = 2, cost, toDecimal64(0, 9)), `calls.cost`, `calls.cost_status`) CODEC(ZSTD(1));
-- The model that was asked for, '' where it is the one that answered: a book may know only this one.
ALTER TABLE run_ledger ADD COLUMN IF NOT EXISTS `calls.request_model` Array(LowCardinality(String)) DEFAULT arrayMap(model -> '', `calls.model`) CODEC(ZSTD(1));

-- A judgement may name its run by a word of the business, which the run carries as recount.outcome.key.
ALTER TABLE scores ADD COLUMN IF NOT EXISTS `target_key` String CODEC(ZSTD(1));
ALTER TABLE scores ADD INDEX IF NOT EXISTS ix_key target_key TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE traces ADD COLUMN IF NOT EXISTS `outcome_keys` Array(String) CODEC(ZSTD(1));
ALTER TABLE traces ADD INDEX IF NOT EXISTS ix_outcome_keys outcome_keys TYPE bloom_filter(0.01) GRANULARITY 1;

-- Money that no telemetry told of: posted later, entered in the ledger as calls of its run. Of one id the first stands; `rank` grows smaller with time.
CREATE TABLE IF NOT EXISTS charges
(
    `project_id` UInt32,
    `charge_id` FixedString(16),
    `rank` UInt64,
    `id` String CODEC(ZSTD(1)),
    `trace_id` FixedString(16),
    `session_id` String CODEC(ZSTD(1)),
    `target_key` String CODEC(ZSTD(1)),
    `component` LowCardinality(String),
    `has_amount` Bool,
    `amount` Decimal64(9),
    `minutes` Decimal64(9),
    `time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `note` String CODEC(ZSTD(1)),
    `received_at` DateTime64(3,'UTC') CODEC(Delta(8), ZSTD(1)),
    drop_date Date MATERIALIZED toDate(received_at) + toIntervalDay(800),
    INDEX ix_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_key target_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (project_id, charge_id)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 1024;
