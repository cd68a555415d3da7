import { auditPage } from '../queries/audit.ts'
import { boundedRange } from '../queries/time-range.ts'
import type { Handlers } from '../server-deps.ts'

export const settingsRoutes = {
  audit: ({
    database,
    projectId,
    query: { limit, cursor, action: actions = [], actor: actors = [], ...range },
    nowMs,
  }) => auditPage(database, projectId, boundedRange(range, nowMs), { limit, cursor, actions, actors }),
} satisfies Partial<Handlers>
