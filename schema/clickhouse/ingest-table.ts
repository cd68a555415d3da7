import type { IngestRow } from '../model/ingest.ts'
import type { Column, Table } from './tables.ts'

const LC = 'LowCardinality(String)'
const column = (name: string, type: string, value: (row: IngestRow) => unknown): Column<IngestRow> => ({
  name,
  type,
  value,
})

/** The collector's own account (migrations/0014_ingest_stats.sql), written by `collector/receive/ingest-recorder.ts`. */
export const INGEST_STATS: Table<IngestRow> = {
  name: 'ingest_stats',
  columns: [
    column('project_id', 'UInt32', (r) => r.projectId),
    column('time', "DateTime64(3,'UTC')", (r) => BigInt(r.timeMs)),
    column('flush_id', 'FixedString(16)', (r) => r.flushId),
    column('signal', LC, (r) => r.signal),
    column('protocol', LC, (r) => r.protocol),
    column('result', LC, (r) => r.result),
    column('reason', LC, (r) => r.reason),
    column('requests', 'UInt64', (r) => BigInt(r.requests)),
    column('items', 'UInt64', (r) => BigInt(r.items)),
    column('bytes', 'UInt64', (r) => BigInt(r.bytes)),
    column('sample', 'String', (r) => r.sample),
  ],
}
