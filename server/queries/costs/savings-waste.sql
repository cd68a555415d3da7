-- Money that brought nothing, by key and over everything (is_total = 1): `wasted` is each dollar once, the others tell why and overlap.
SELECT
    {{keys}}
    toUInt8({{isTotal}}) AS is_total,
    toString(sumIf(cost, failed)) AS failed_calls_usd,
    toString(sumIf(cost, failed AND retried)) AS retried_calls_usd,
    toString(sumIf(cost, looping)) AS loops_usd,
    toString(sumIf(cost, waste = 'failed')) AS failed_runs_usd,
    toString(sumIf(cost, waste = 'blocked')) AS blocked_runs_usd,
    toString(sumIf(cost, failed OR looping OR waste != '')) AS wasted_usd
FROM
(
    SELECT
        {{callKeys}}
        r.sign * toDecimal128(call.cost, 9) AS cost,
        call.failed AS failed,
        {{waste}} AS waste,
        {{retried}} AS retried,
        {{looping}} AS looping
    FROM run_ledger AS r
    ARRAY JOIN calls AS call
    WHERE {{calls}}
      AND (r.outcome IN ('failure', 'infra_error') OR has(calls.failed, true) OR has(calls.validity, 2) OR has(checks.verdict, 'block'))
)
GROUP BY {{groups}}
