-- Calls by what a report is about, per step of the range.
SELECT
    {{keys}},
    intDiv(toUnixTimestamp64Milli(t) - {firstMs:Int64}, {stepMs:Int64}) AS step,
    sum(call_count) AS value
FROM (
{{calls}}
)
WHERE kind IN {callKinds:Array(String)}
GROUP BY {{keys}}, step
HAVING value > 0
