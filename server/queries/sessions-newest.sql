-- Keys of the sessions whose chosen runs ended last.
SELECT
    {{sessionKey}} AS key,
    toString(toUnixTimestamp64Nano(max(r.end_time))) AS rank
FROM runs AS r FINAL
WHERE {{runs}}
GROUP BY key
HAVING {after:String} = '' OR (max(r.end_time), key) < (fromUnixTimestamp64Nano(toInt64OrZero({after:String}), 'UTC'), {afterKey:String})
ORDER BY max(r.end_time) DESC, key DESC
LIMIT {limit:UInt32}
