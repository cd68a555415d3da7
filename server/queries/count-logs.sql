-- A record sent twice has one id and counts once.
SELECT uniqExact(l.log_id) AS logs
FROM logs AS l
WHERE {{logs}}
