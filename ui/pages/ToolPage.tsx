import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { agentsQuery, toolsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { Figure, FigureRow } from '../components/Figure.tsx'
import type { Column } from '../components/table-columns.ts'
import { TimeAgo } from '../components/values.tsx'
import { useScope } from '../search/use-scope.ts'
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  plural,
  pointDelta,
  relativeDelta,
} from '../util/format.ts'
import { comparable } from '../util/outcomes.ts'
import { AgentLink, SparkCount, seriesMax } from './cells.tsx'
import { agentName } from './fleet-columns.tsx'
import styles from './pages.module.css'
import { RecentSessions } from './RecentSessions.tsx'
import { toolName } from './usage-columns.tsx'

const route = getRouteApi('/tools/$name')
const NO_ITEMS: readonly UsageItem[] = []

/** One tool: is it ill, who uses it, what failed last. */
export const ToolPage = () => {
  const { name } = route.useParams()
  const scope = useScope()
  const tools = useQuery(toolsQuery({ ...scope.query, tool: [name] }, scope))
  const before = useQuery(toolsQuery({ ...scope.previous, tool: [name] }))
  const isThis = (item: UsageItem) => toolName(item) === name
  const tool = tools.data?.items.find(isThis)
  if (tools.isError && !tools.data)
    return <ErrorState error={tools.error} subject={name} onRetry={() => void tools.refetch()} />
  if (tools.data && !tool) {
    return (
      <EmptyState title={`${name} was not called in this time`}>
        Choose a longer time, or another environment.
      </EmptyState>
    )
  }
  return (
    <>
      <ToolFigures now={tool} before={comparable(tool, before.data?.items.find(isThis), (one) => one.calls)} />
      <ToolAgents name={name} />
      <RecentSessions
        title="Last runs with errors"
        filters={{ tool: [name], errors: 'true' }}
        none="No run that used it had an error in this time."
      />
    </>
  )
}

const ToolFigures = ({
  now,
  before,
}: {
  readonly now: UsageItem | undefined
  readonly before: UsageItem | undefined
}) => (
  <FigureRow label="This tool">
    <Figure
      label="Calls"
      value={now ? formatCount(now.calls) : null}
      delta={now && before ? relativeDelta(now.calls, before.calls) : null}
      source="Calls of this tool that started in this time."
    >
      {now && `in ${plural(now.runs, 'run')}`}
    </Figure>
    <Figure
      label="Failed"
      value={now ? (now.failureRate.value === null ? '–' : formatPercent(now.failureRate.value)) : null}
      delta={now ? pointDelta(now.failureRate.value, before?.failureRate.value, now.failureRate.interval) : null}
      better="down"
      source="Calls that failed, with the 95 % Wilson interval."
    >
      {now?.failureRate.interval &&
        `${formatInterval(now.failureRate.interval)} of ${formatCount(now.failureRate.valid)}`}
    </Figure>
    <Figure
      label="Valid arguments"
      value={now ? (now.valid?.value == null ? '–' : formatPercent(now.valid.value)) : null}
      delta={now?.valid ? pointDelta(now.valid.value, before?.valid?.value, now.valid.interval) : null}
      better="up"
      source="Calls whose arguments fit the JSON Schema that the model was given. Computed, not self-reported."
    >
      {now &&
        (now.valid?.interval
          ? `${formatInterval(now.valid.interval)} of ${formatCount(now.valid.valid)}`
          : 'no schema was seen')}
    </Figure>
    <Figure
      label="p95"
      value={now ? formatDuration(now.p95Ms) : null}
      delta={now?.p95Ms ? relativeDelta(now.p95Ms, before?.p95Ms) : null}
      better="down"
      source="95 of 100 calls took at most this long."
    >
      {now && `p50 ${formatDuration(now.p50Ms)}`}
    </Figure>
    <Figure label="Last call" value={now ? <TimeAgo time={now.lastSeen} /> : null} source="When it was last called.">
      {now && `by ${plural(now.agents.length, 'agent')}`}
    </Figure>
  </FigureRow>
)

/** The agents whose runs contain it; their calls are counted by the server for this tool only. */
const ToolAgents = ({ name }: { readonly name: string }) => {
  const navigate = useNavigate()
  const scope = useScope()
  const agents = useQuery(agentsQuery({ ...scope.query, tool: [name] }, scope))
  const items = agents.data?.items
  const columns = useMemo(() => agentColumns(items ?? NO_ITEMS), [items])
  return (
    <section aria-label="Agents that use it">
      <div className={styles.heading}>
        <h2>Agents that use it</h2>
      </div>
      {agents.isError && !items ? (
        <ErrorState error={agents.error} subject="Its agents" onRetry={() => void agents.refetch()} />
      ) : items?.length === 0 ? (
        <p className={styles.foot}>No agent of this time called it.</p>
      ) : (
        <DataTable
          label="Agents that use it"
          columns={columns}
          rows={items}
          rowKey={agentName}
          rowLabel={(item) => `${agentName(item)}, ${plural(item.runs, 'run')}`}
          onOpen={(item) => void navigate({ to: '/agents/$name', params: { name: agentName(item) } })}
          sort={{ id: 'runs', desc: true }}
          rowHeight={36}
          skeletonRows={3}
        />
      )}
    </section>
  )
}

const agentColumns = (items: readonly UsageItem[]): readonly Column<UsageItem>[] => {
  const max = seriesMax(items)
  return [
    {
      id: 'agent',
      header: 'Agent',
      width: 150,
      grow: 2,
      sortBy: agentName,
      cell: (item) => <AgentLink name={agentName(item)} />,
    },
    {
      id: 'runs',
      header: 'Runs with it',
      width: 190,
      grow: 1,
      sortBy: (item) => item.runs,
      cell: (item) => <SparkCount item={item} count={item.runs} label="runs" max={max} />,
    },
    {
      id: 'last',
      header: 'Last run',
      width: 110,
      align: 'right',
      from: 480,
      cell: (item) => (
        <span className="muted">
          <TimeAgo time={item.lastSeen} />
        </span>
      ),
    },
  ]
}
