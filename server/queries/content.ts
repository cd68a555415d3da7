import type { Database } from '../../schema/clickhouse/database.ts'
import { sqlFile } from './sql-file.ts'

const SQL = sqlFile('content-by-hash')
/** Hashes of one question: 34 bytes each in its parameters. */
const HASHES_MAX = 500

/** Bodies by hash, of these traces; a hash whose body has expired is left out. */
export const contentsByHash = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
  hashes: Iterable<string>,
): Promise<Map<string, string>> => {
  const wanted = [...new Set(hashes)]
  const bodies = new Map<string, string>()
  for (let from = 0; from < wanted.length; from += HASHES_MAX) {
    const rows = await database.query<{ hash: string; body: string }>(SQL, {
      project: projectId,
      traceIds,
      hashes: wanted.slice(from, from + HASHES_MAX),
    })
    for (const { hash, body } of rows) bodies.set(hash, body)
  }
  return bodies
}
