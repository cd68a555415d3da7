-- Keys of the sessions with a chosen run, ordered by a figure of the whole session.
SELECT
    key,
    toString(figure) AS rank
FROM (
    SELECT
        {{sessionKey}} AS key,
        {{figure}} AS figure
    FROM runs AS r FINAL
    WHERE r.project_id = {project:UInt32}
      AND key IN (SELECT {{sessionKey}} FROM runs AS r FINAL WHERE {{runs}})
    GROUP BY key
)
WHERE {after:String} = '' OR (figure, key) < (toDecimal128OrZero({after:String}, 9), {afterKey:String})
ORDER BY figure DESC, key DESC
LIMIT {limit:UInt32}
