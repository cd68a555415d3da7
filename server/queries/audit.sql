-- Entries of the audit log, newest first.
SELECT
    lower(hex(a.entry_id)) AS id,
    toString(toUnixTimestamp64Nano(toDateTime64(a.time, 9, 'UTC'))) AS nanos,
    a.actor AS actor,
    a.action AS action,
    a.subject AS subject,
    a.detail AS detail
FROM audit_log AS a
WHERE a.project_id = {project:UInt32}
  AND a.time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND a.time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND (empty({actions:Array(String)}) OR a.action IN {actions:Array(String)})
  AND (empty({actors:Array(String)}) OR a.actor IN {actors:Array(String)})
  AND ({afterId:String} = '' OR (a.time, lower(hex(a.entry_id))) < (fromUnixTimestamp64Milli({afterMs:Int64}, 'UTC'), {afterId:String}))
ORDER BY a.time DESC, id DESC
LIMIT {limit:UInt32}
