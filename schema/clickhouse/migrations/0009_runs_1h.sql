-- Runs per hour of their end, from the ledger.
CREATE TABLE IF NOT EXISTS runs_1h
(
    project_id UInt32,
    t DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    root_agent LowCardinality(String),
    agent_version LowCardinality(String),
    env LowCardinality(String),
    team LowCardinality(String),
    outcome LowCardinality(String),
    run_count SimpleAggregateFunction(sum, Int64),
    error_runs SimpleAggregateFunction(sum, Int64),
    spans SimpleAggregateFunction(sum, Int64),
    errors SimpleAggregateFunction(sum, Int64),
    guardrail_evaluations SimpleAggregateFunction(sum, Int64),
    guardrail_hits SimpleAggregateFunction(sum, Int64),
    cost SimpleAggregateFunction(sum, Decimal(38, 9)),
    duration_histogram SimpleAggregateFunction(sumMap, Map(Int16, Int64))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(t)
ORDER BY (project_id, t, root_agent, agent_version, env, team, outcome)
TTL t + toIntervalDay(400)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, min_free_disk_bytes_to_perform_insert = {min_free_disk_bytes};

CREATE MATERIALIZED VIEW IF NOT EXISTS runs_1h_mv TO runs_1h AS
SELECT
    project_id,
    toDateTime(toStartOfHour(end_time), 'UTC') AS t,
    root_agent,
    agent_version,
    env,
    team,
    outcome,
    sum(toInt64(sign)) AS run_count,
    sum(sign * toInt64(error_count > 0)) AS error_runs,
    sum(sign * toInt64(l.span_count)) AS spans,
    sum(sign * toInt64(l.error_count)) AS errors,
    sum(sign * toInt64(l.guardrail_evaluations)) AS guardrail_evaluations,
    sum(sign * toInt64(l.guardrail_hits)) AS guardrail_hits,
    sum(sign * toDecimal128(l.cost, 9)) AS cost,
    sumMap(map(toInt16(floor(log2(greatest(toUnixTimestamp64Nano(end_time) - toUnixTimestamp64Nano(start_time), 0) + 1) * 8)), toInt64(sign))) AS duration_histogram
FROM run_ledger AS l
GROUP BY project_id, t, root_agent, agent_version, env, team, outcome;
