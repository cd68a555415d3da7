-- Traces of bare calls that may repeat calls of another trace, and traces that stand for a session's records without one, by time: every tally asks for those near its
-- own spans, and `traces` has no order in time. A row here is a candidate; whether it still is one is read from its spans.
CREATE TABLE IF NOT EXISTS strays
(
    `project_id` UInt32,
    `without_spans` Bool,
    `trace_id` FixedString(16),
    `version` UInt64,
    `stray_response_ids` Array(String) CODEC(ZSTD(1)),
    `start_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    `end_time` DateTime64(9,'UTC') CODEC(Delta(8), ZSTD(1)),
    drop_date Date MATERIALIZED toDate(end_time) + toIntervalDay(60)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, without_spans, toStartOfHour(start_time), trace_id)
TTL drop_date
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes}, index_granularity = 1024;

CREATE MATERIALIZED VIEW IF NOT EXISTS strays_mv TO strays AS
SELECT project_id, span_count = 0 AS without_spans, trace_id, version, stray_response_ids, start_time, end_time
FROM traces
WHERE notEmpty(stray_response_ids) OR span_count = 0;

INSERT INTO strays (project_id, without_spans, trace_id, version, stray_response_ids, start_time, end_time)
SELECT project_id, span_count = 0, trace_id, version, stray_response_ids, start_time, end_time
FROM traces FINAL
WHERE notEmpty(stray_response_ids) OR span_count = 0;
