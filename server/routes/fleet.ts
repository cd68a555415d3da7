import type { Parsed } from '../../schema/api/contract.ts'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { badRequest } from '../problem.ts'
import { agentsReport } from '../queries/agents-report.ts'
import { bounded } from '../queries/bounds.ts'
import { modelsReport, toolsReport } from '../queries/calls-report.ts'
import { cursorOf, parseCursor } from '../queries/cursor.ts'
import { failures } from '../queries/failures.ts'
import { type BoundedQuestion, runQuestion } from '../queries/filter.ts'
import { keyText } from '../queries/fleet.ts'
import { search } from '../queries/search.ts'
import { searchText } from '../queries/search-text.ts'
import { boundedRange } from '../queries/time-range.ts'
import type { Ask, Handlers } from '../server-deps.ts'

export const fleetRoutes = {
  agents: (ask) => report(ask, (question) => agentsReport(ask.database, question, ask.nowMs)),
  tools: (ask) => report(ask, (question) => toolsReport(ask.database, question)),
  models: (ask) => report(ask, (question) => modelsReport(ask.database, question)),
  failures: ({ database, projectId, query, nowMs }) => failures(database, runQuestion(projectId, query, nowMs)),
  search: async ({ database, projectId, query, nowMs }) => ({
    items: await search(database, projectId, query.q, nowMs),
  }),
  searchText: ({ database, projectId, query: { q, limit, cursor, ...range }, nowMs }) =>
    searchText(database, { projectId, q, limit, cursor, range: boundedRange(range, nowMs) }),
} satisfies Partial<Handlers>

type Report = 'agents' | 'tools' | 'models'
const SORT = '-volume'

/** Reports are short (REPORT_KEYS_MAX): the whole is made, most used first, and a page of it answered. */
const report = async <N extends Report>(
  { database, projectId, query, nowMs }: Ask<N>,
  make: (question: BoundedQuestion) => Promise<UsageItem[]>,
): Promise<{ items: UsageItem[]; next: string | null }> => {
  const { limit, cursor, ...filters } = query as Parsed<Report>
  const after = parseCursor(cursor, SORT, 1)
  const items = await make(await bounded(database, runQuestion(projectId, filters, nowMs), nowMs))
  items.sort((a, b) => b.runs - a.runs || b.calls - a.calls || (keyText(a.key) < keyText(b.key) ? -1 : 1))
  const from = after ? items.findIndex((item) => keyText(item.key) === after.keys[0]) + 1 : 0
  if (after && from === 0)
    throw badRequest('The item that this cursor stands at is gone. Leave the cursor away to start anew.')
  const page = items.slice(from, from + limit)
  const last = page.at(-1)
  return { items: page, next: last && from + limit < items.length ? cursorOf(SORT, keyText(last.key)) : null }
}
