import type { Failures } from '../../schema/api/failures.ts'
import { type MockSession, runOf } from './sessions.ts'

/** Failed sessions, half of them by a tool that refused its arguments, the rest judged so afterwards. */
export const failuresOf = (sessions: readonly MockSession[]): Failures => {
  const failed = sessions.filter((session) => session.outcome === 'failure' || session.errors > 0)
  const groups = [
    failed.filter((session) => session.toolErrors > 0),
    failed.filter((session) => session.toolErrors === 0),
  ]
  return {
    items: groups.flatMap((members, i) => {
      const [last] = members
      if (!last) return []
      return [
        {
          kind: i === 0 ? ('tool' as const) : null,
          name: i === 0 ? (last.tools.at(-1) ?? 'tool') : last.outcomeSource,
          errorType: i === 0 ? 'InvalidArguments' : '',
          message: i === 0 ? 'amount_usd is required (order "…")' : '',
          example: i === 0 ? 'amount_usd is required (order "A-1001")' : '',
          runs: members.length,
          failures: members.filter((session) => session.outcome === 'failure').length,
          versions: [...new Set(members.map((session) => session.agentVersion))],
          firstSeen: members.at(-1)!.end,
          lastSeen: last.end,
          last: members.slice(0, 5).map((session) => ({
            sessionId: session.id,
            traceId: runOf(session).traceIds[0] ?? '',
            spanId: '',
          })),
        },
      ]
    }),
    runs: failed.length,
    truncated: false,
  }
}
