-- The newest moment of the project's ledger that is not after the one asked for. Rounds are written in order, so everything up to it is there.
SELECT toUnixTimestamp64Milli(max(r.tallied_at)) AS as_of_ms
FROM run_ledger AS r
WHERE r.project_id = {project:UInt32}
  AND r.tallied_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
