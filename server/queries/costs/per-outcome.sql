-- What runs cost and what came of them, by key and period of their end, and over everything (is_total = 1). The inner question brings runs of about the
-- same cost together (1/32 of a doubling), so that the interval is worked out from some hundred cells and not from every run; signs cancel in them as in any sum.
SELECT
    {{keys}}
    period_ms,
    is_total,
    sum(n) AS runs,
    sum(n_settled) AS settled,
    sum(n_young) AS young,
    sum(n_success) AS successes,
    sum(n_failure) AS failures,
    sum(n_escalated) AS escalated,
    sum(n_user_abandoned) AS user_abandoned,
    sum(n_infra_error) AS infra_errors,
    sum(unpriced) AS unpriced_calls,
    sum(cost) AS sum_cost,
    toString(sum_cost) AS cost_usd,
    toString(sum(tools)) AS tools_usd,
    toString(sum(review)) AS review_usd,
    toString(sum(evaluation)) AS evaluation_usd,
    toString(sum(platform)) AS platform_usd,
    toString(sum(blocked)) AS blocked_usd,
    toString(sum(looping)) AS looping_usd,
    toString(sum(failed)) AS failed_usd,
    groupArrayIf((success, weighed, toFloat64(cost)), weighed > 0) AS cells
FROM
(
    SELECT
        {{keys}}
        period_ms,
        toUInt8(grouping(period_ms) = 1) AS is_total,
        success,
        sum(sign) AS n,
        sum(sign * toInt64(outcome != 'pending')) AS n_settled,
        sum(sign * toInt64(young)) AS n_young,
        sum(sign * toInt64(outcome = 'success')) AS n_success,
        sum(sign * toInt64(outcome = 'failure')) AS n_failure,
        sum(sign * toInt64(outcome = 'escalated')) AS n_escalated,
        sum(sign * toInt64(outcome = 'user_abandoned')) AS n_user_abandoned,
        sum(sign * toInt64(outcome = 'infra_error')) AS n_infra_error,
        sum(weight) AS weighed,
        sum(weight * unpriced_calls) AS unpriced,
        sum(weight * run_cost) AS cost,
        sum(weight * tools_cost) AS tools,
        sum(weight * review_cost) AS review,
        sum(weight * evaluation_cost) AS evaluation,
        sum(weight * platform_cost) AS platform,
        sumIf(weight * run_cost, waste = 'blocked') AS blocked,
        sumIf(weight * run_cost, waste = 'looping') AS looping,
        sumIf(weight * run_cost, waste = 'failed') AS failed
    FROM
    (
        SELECT
            {{runKeys}}
            {{period}} AS period_ms,
            toInt64(r.sign) AS sign,
            r.sign * toInt64(r.outcome != 'pending' OR {unsettled:String} = 'bad') AS weight,
            r.outcome AS outcome,
            r.outcome = 'success' AS success,
            r.outcome = 'pending' AND toUnixTimestamp64Milli(r.end_time)
                > transform(toString(r.workflow), {waitedFor:Array(String)}, {waitedSince:Array(Int64)}, {youngSince:Int64}) AS young,
            toInt64(r.unpriced_calls) AS unpriced_calls,
            toDecimal128(r.cost, 9) AS run_cost,
            {{tools}} AS tools_cost,
            {{review}} AS review_cost,
            {{evaluation}} AS evaluation_cost,
            {{platform}} AS platform_cost,
            {{waste}} AS waste,
            if(r.cost > 0, toInt32(floor(log2(toFloat64(r.cost)) * 32)), -1000000) AS cost_cell
        FROM run_ledger AS r
        WHERE {{runs}}
    )
    GROUP BY GROUPING SETS (({{keys}} period_ms, success, cost_cell), (success, cost_cell))
    HAVING n != 0
)
GROUP BY {{keys}} period_ms, is_total
ORDER BY is_total DESC, {{order}}
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
