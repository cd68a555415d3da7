-- What the file of the same rows holds, in two figures, and what it cannot hold.
SELECT
    countIf({{only}}) AS row_count,
    toString(sumIf({{money}}, {{only}})) AS sum_usd,
    sum({{unpriced}}) AS unpriced_calls
FROM (
{{rows}}
) AS item
