-- Exact durations of calls: each distinct one with as many calls as the ledger's signs leave over. Made-up durations of imports are left out.
SELECT
    {{keys}},
    quantilesExactWeighted(0.5, 0.95)(duration_ns, toUInt64(weight)) AS durations
FROM (
    SELECT
        call.tool AS tool,
        call.provider AS provider,
        call.model AS model,
        call.duration_ns AS duration_ns,
        sum(toInt64(r.sign)) AS weight
    FROM run_ledger AS r
    ARRAY JOIN calls AS call
    WHERE {{calls}}
      AND call.kind IN {callKinds:Array(String)}
      AND r.labels['import.synthetic_timing'] != 'true'
    GROUP BY tool, provider, model, duration_ns
    HAVING weight > 0
)
GROUP BY {{keys}}
