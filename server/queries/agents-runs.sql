-- Runs by the agent of their root, whole (whole = 1) and per version. Durations that an import made up count in no latency figure.
SELECT
    r.root_agent AS agent,
    r.agent_version AS version,
    grouping(version) AS whole,
    count() AS runs,
    countIf(r.error_count > 0) AS error_runs,
    countIf(r.outcome = 'success') AS successes,
    countIf(r.outcome IN ('success', 'failure', 'escalated')) AS judged,
    countIf(r.outcome != 'pending') AS settled,
    countIf(r.outcome = 'pending' AND r.end_time > fromUnixTimestamp64Nano({unsettledSince:Int64}, 'UTC')) AS provisional,
    sum(r.guardrail_evaluations) AS guardrail_evaluations,
    sum(r.guardrail_hits) AS guardrail_hits,
    toString(sum(toDecimal128(r.cost, 9))) AS cost_usd,
    groupBitOr(r.usage_unreported) AS usage_unreported,
    quantilesExactIf(0.5, 0.95)(
        toUnixTimestamp64Nano(r.end_time) - toUnixTimestamp64Nano(r.start_time), r.labels['import.synthetic_timing'] != 'true') AS durations,
    countIf(r.labels['import.synthetic_timing'] != 'true') AS timed_runs,
    toString(toUnixTimestamp64Nano(min(r.start_time))) AS first_nanos,
    toString(toUnixTimestamp64Nano(max(r.end_time))) AS last_nanos
FROM runs AS r FINAL
WHERE {{runs}}
GROUP BY GROUPING SETS ((agent), (agent, version))
ORDER BY agent, first_nanos
LIMIT {limit:UInt32}
