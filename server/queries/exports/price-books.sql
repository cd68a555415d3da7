-- The books by which the priced calls of the range were priced, each with its version; a project's own prices are one book.
SELECT groupUniqArrayArray(
    arrayFilter(
        (book, ref) -> ref != '',
        arrayMap(ref -> if(startsWith(ref, 'override:'), 'overrides', splitByChar('/', ref)[1]), calls.price_ref),
        calls.price_ref
    )
) AS books
FROM run_ledger AS r
WHERE r.project_id = {project:UInt32}
  AND r.tallied_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
  AND r.end_time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({to:Int64}, 'UTC')
