import type { Replay, Step } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { runOfRow } from '../answers/run.ts'
import { badRequest } from '../problem.ts'
import { cursorOf, parseCursor } from '../queries/cursor.ts'
import { runById, sessionById, sessionKeyOf, wholeSessions } from '../queries/sessions.ts'
import { type TracePlace, tracePlaces } from '../queries/traces.ts'
import { assemble } from './assemble.ts'
import { load, type Wanted } from './load.ts'

interface Page {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly preview?: 'true' | 'false' | undefined
}

const SORT = 'seq'

/** What happened in a session, all of its runs one after another. Undefined while the session is unknown. */
export const sessionReplay = async (
  database: Database,
  projectId: number,
  id: string,
  page: Page,
  nowMs: number,
): Promise<Replay | undefined> => {
  const session = await sessionById(database, projectId, id, nowMs)
  if (!session) return undefined
  const { runs, ...item } = session
  const places = await tracePlaces(
    database,
    projectId,
    runs.flatMap((run) => run.traceIds),
  )
  return { session: item, run: null, ...(await stepPage(database, projectId, places, item.named ? item.id : '', page)) }
}

/** What happened in one trace. Totals are of this trace alone. */
export const traceReplay = async (
  database: Database,
  projectId: number,
  traceId: string,
  page: Page,
  nowMs: number,
): Promise<Replay | undefined> => {
  const places = await tracePlaces(database, projectId, [traceId])
  const [place] = places
  if (!place) return undefined
  const [run, key] = await Promise.all([
    runById(database, projectId, place.run_id),
    sessionKeyOf(database, projectId, place.session_id || place.run_id),
  ])
  const session = key && (await wholeSessions(database, projectId, [key], nowMs)).get(key)
  if (!run || !session) return undefined
  return { session, run: runOfRow(run, nowMs), ...(await stepPage(database, projectId, places, '', page)) }
}

/** Of a recording of more spans a preview is worth its own reading: the first of them, in the time of a short recording. */
const PREVIEWED_SPANS_MIN = 4_000
const PREVIEW_SPANS = 1_200
/** Results and last words of the last spans that were read may be told by later ones: steps from here on are left for the whole. */
const PREVIEW_SHARE = 0.75

type StepPage = Pick<Replay, 'steps' | 'next' | 'preview'>

const stepPage = async (
  database: Database,
  projectId: number,
  places: readonly TracePlace[],
  session: string,
  page: Page,
): Promise<StepPage> => {
  const spans = places.reduce((sum, place) => sum + place.span_count, 0)
  const isKept = keptOf.get(database)?.has(fingerprint(projectId, places, session)) ?? false
  if (page.preview === 'true' && page.cursor === undefined && spans >= PREVIEWED_SPANS_MIN && !isKept)
    return previewOf(database, { projectId, places, session }, page.limit)
  return pageOf(await stepsOf(database, projectId, places, session), page)
}

/** The first steps, made of the first spans alone: soon there, and replaced by the whole. Their totals are of what was read. */
const previewOf = async (database: Database, wanted: Omit<Wanted, 'spansMax'>, limit: number): Promise<StepPage> => {
  const loaded = await load(database, { ...wanted, spansMax: PREVIEW_SPANS })
  const until = BigInt(loaded.spans[Math.floor(loaded.spans.length * PREVIEW_SHARE)]?.start_nanos ?? 0)
  const steps = (await assemble(database, loaded)).filter((step) => BigInt(step.startNanos) < until)
  return { steps: steps.slice(0, limit), next: null, preview: true }
}

/** Replays that are being read page by page: each page needs the steps before it, and long ones take seconds to assemble. */
const KEPT_MAX = 4
const KEPT_STEPS_MIN = 1000
const keptOf = new WeakMap<Database, Map<string, Promise<Step[]>>>()

const stepsOf = (
  database: Database,
  projectId: number,
  places: readonly TracePlace[],
  session: string,
): Promise<Step[]> => {
  if (places.length === 0) return Promise.resolve([])
  const assembled = async () => assemble(database, await load(database, { projectId, places, session }))
  const spans = places.reduce((sum, place) => sum + place.span_count, 0)
  return spans < KEPT_STEPS_MIN ? assembled() : remembered(database, fingerprint(projectId, places, session), assembled)
}

/** Changes whenever a trace of the replay was tallied anew. */
const fingerprint = (projectId: number, places: readonly TracePlace[], session: string): string =>
  [projectId, session, ...places.map((place) => `${place.trace_id}:${place.version}`)].join(' ')

const remembered = (database: Database, key: string, make: () => Promise<Step[]>): Promise<Step[]> => {
  const kept = keptOf.get(database) ?? new Map<string, Promise<Step[]>>()
  keptOf.set(database, kept)
  const known = kept.get(key)
  if (known) return known
  const made = make()
  kept.set(key, made)
  made.catch(() => kept.delete(key))
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break
    kept.delete(oldest)
  }
  return made
}

const pageOf = (steps: readonly Step[], { limit, cursor }: Page): Pick<Replay, 'steps' | 'next'> => {
  const after = Number(parseCursor(cursor, SORT, 1)?.keys[0] ?? -1)
  if (!Number.isSafeInteger(after)) throw badRequest('cursor is damaged. Leave it away to start at the first page.')
  const page = steps.slice(after + 1, after + 1 + limit)
  const last = page.at(-1)
  return { steps: page, next: last && last.seq + 1 < steps.length ? cursorOf(SORT, String(last.seq)) : null }
}
