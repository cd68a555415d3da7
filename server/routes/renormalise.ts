import { HttpProblem } from '../problem.ts'
import { parseTimeRange } from '../queries/time-range.ts'
import type { Handlers, ServerDeps } from '../server-deps.ts'

export const renormaliseRoutes = {
  renormalise: async ({ deps, projectId, body, nowMs }) => {
    const { fromMs, toMs } = parseTimeRange(body, nowMs, false)
    return jobsOf(deps).start(projectId, { fromMs: fromMs ?? 0, toMs: toMs ?? nowMs })
  },
  renormaliseJob: async ({ deps, projectId }) => jobsOf(deps).job(projectId),
} satisfies Partial<Handlers>

const jobsOf = ({ renormalise }: ServerDeps): NonNullable<ServerDeps['renormalise']> => {
  if (renormalise) return renormalise
  throw new HttpProblem(
    409,
    'This process only answers questions. Run `recount renormalise --clickhouse URL --data DIR` with a data directory of its own.',
  )
}
