import type { Response } from '../../schema/api/contract.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { isoOfNanos } from '../answers/time.ts'
import { nanos, SESSION_KEY } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'

const NAMES = sqlFile('search-names')
const TRACES = sqlFile('search-traces')
const SEARCH_DAYS = 90
/** Shorter beginnings of an id would name too many traces to be of use. */
const ID_PREFIX = /^[0-9a-f]{4,32}$/

type Item = Response<'search'>['items'][number]

export const search = async (database: Database, projectId: number, text: string, nowMs: number): Promise<Item[]> => {
  const q = text.trim()
  if (q === '') return []
  const prefix = q.toLowerCase()
  const [names, traces] = await Promise.all([
    database.query<{ type: Exclude<Item['type'], 'trace'>; name: string; runs: number; last_nanos: string }>(
      fill(NAMES, { sessionKey: SESSION_KEY }),
      { project: projectId, q, from: nanos(nowMs - SEARCH_DAYS * 86_400_000) },
    ),
    ID_PREFIX.test(prefix)
      ? database.query<{ trace_id: string; root_name: string; agent: string }>(TRACES, {
          project: projectId,
          first: prefix.padEnd(32, '0'),
          last: prefix.padEnd(32, 'f'),
        })
      : [],
  ])
  return [
    ...names.map(({ type, name, runs, last_nanos }) => ({
      type,
      id: name,
      label: name,
      detail: `${runs} ${runs === 1 ? 'run' : 'runs'}, last ${isoOfNanos(last_nanos)}`,
    })),
    ...traces.map((trace) => ({
      type: 'trace' as const,
      id: trace.trace_id,
      label: trace.trace_id,
      detail: [trace.root_name, trace.agent].filter((part) => part !== '').join(' · '),
    })),
  ]
}
