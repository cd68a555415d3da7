-- Runs that ended in the range, per step.
SELECT
    intDiv(toUnixTimestamp64Milli(r.end_time) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    count() AS runs,
    countIf(r.error_count > 0) AS error_runs,
    sum(r.span_count) AS spans,
    sum(r.error_count) AS errors,
    countIf(r.outcome = 'success') AS success,
    countIf(r.outcome = 'failure') AS failure,
    countIf(r.outcome = 'escalated') AS escalated,
    countIf(r.outcome = 'user_abandoned') AS user_abandoned,
    countIf(r.outcome = 'infra_error') AS infra_error,
    countIf(r.outcome = 'pending') AS pending,
    sum(r.guardrail_evaluations) AS guardrail_evaluations,
    sum(r.guardrail_hits) AS guardrail_hits,
    groupBitOr(r.usage_unreported) AS usage_unreported
FROM runs AS r FINAL
WHERE {{runs}}
GROUP BY step
ORDER BY step
