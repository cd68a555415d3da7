-- Bodies that attributes point to, each with the parts that stand before it.
SELECT
    lower(hex(c.hash)) AS hash,
    c.body AS body,
    arrayMap(part -> lower(hex(part)), c.parts) AS parts
FROM content AS c
WHERE c.project_id = {project:UInt32}
  AND c.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
  AND c.hash IN (SELECT toFixedString(unhex(arrayJoin({hashes:Array(String)})), 16))
LIMIT 1 BY c.hash
