import type { Database } from '../../schema/clickhouse/database.ts'
import { missingParts, type StoredBody, wholeBodies } from '../../schema/model/content-parts.ts'
import { sqlFile } from './sql-file.ts'

const SQL = sqlFile('content-by-hash')
/** Hashes of one question: 34 bytes each in its parameters. */
const HASHES_MAX = 500

/** Bodies by hash, of these traces, put together from their parts; a hash whose body has expired is left out. */
export const contentsByHash = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
  hashes: Iterable<string>,
): Promise<Map<string, string>> => {
  const rows = await rowsByHash(database, projectId, traceIds, [...new Set(hashes)])
  return wholeBodies(rows, await rowsByHash(database, projectId, traceIds, missingParts(rows)))
}

const rowsByHash = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
  hashes: readonly string[],
): Promise<StoredBody[]> => {
  const rows: StoredBody[] = []
  for (let from = 0; from < hashes.length; from += HASHES_MAX)
    rows.push(
      ...(await database.query<StoredBody>(SQL, {
        project: projectId,
        traceIds,
        hashes: hashes.slice(from, from + HASHES_MAX),
      })),
    )
  return rows
}
