import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { agentsQuery, toolsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { useScope } from '../search/use-scope.ts'
import { plural } from '../util/format.ts'
import { comparable } from '../util/outcomes.ts'
import { AgentFailures } from './AgentFailures.tsx'
import { AgentFigures } from './AgentFigures.tsx'
import { agentName } from './fleet-columns.tsx'
import styles from './pages.module.css'
import { RecentSessions } from './RecentSessions.tsx'
import { toolColumns, toolName } from './usage-columns.tsx'
import { VersionTable } from './VersionTable.tsx'

const route = getRouteApi('/agents/$name')
const NO_ITEMS: readonly UsageItem[] = []

/** What changed? One agent: its versions before and after, the tools it uses, what failed last. */
export const AgentPage = () => {
  const { name } = route.useParams()
  const scope = useScope()
  const agents = useQuery(agentsQuery({ ...scope.query, agent: [name] }, scope))
  const before = useQuery(agentsQuery({ ...scope.previous, agent: [name] }))
  const isThis = (item: UsageItem) => agentName(item) === name
  const agent = agents.data?.items.find(isThis)
  if (agents.isError && !agents.data)
    return <ErrorState error={agents.error} subject={name} onRetry={() => void agents.refetch()} />
  if (agents.data && !agent) {
    return (
      <EmptyState title={`${name} did not run in this time`}>
        Choose a longer time, or another environment. An agent is known by the name its spans carry (
        <span className="mono">gen_ai.agent.name</span>), else by its service's.
      </EmptyState>
    )
  }
  return (
    <>
      <AgentFigures now={agent} before={comparable(agent, before.data?.items.find(isThis), (one) => one.runs)} />
      <VersionTable agent={name} versions={agent?.versions} />
      <AgentFailures name={name} />
      <AgentTools name={name} />
      <RecentSessions
        title="Last failures"
        filters={{ agent: [name], outcome: ['failure'] }}
        none="No run of this time was judged a failure."
      />
      <RecentSessions title="Last sessions" filters={{ agent: [name] }} none="No session in this time." />
    </>
  )
}

const AgentTools = ({ name }: { readonly name: string }) => {
  const navigate = useNavigate()
  const scope = useScope()
  const tools = useQuery(toolsQuery({ ...scope.query, agent: [name] }, scope))
  const items = tools.data?.items
  const columns = useMemo(() => toolColumns(items ?? NO_ITEMS).filter((column) => column.id !== 'agents'), [items])
  return (
    <section aria-label="Tools">
      <div className={styles.heading}>
        <h2>Tools</h2>
        <span className="muted num">{items ? plural(items.length, 'tool') : ''}</span>
      </div>
      {tools.isError && !items ? (
        <ErrorState error={tools.error} subject="Its tools" onRetry={() => void tools.refetch()} />
      ) : items?.length === 0 ? (
        <p className={styles.foot}>It called no tool in this time.</p>
      ) : (
        <DataTable
          label="Tools of this agent"
          columns={columns}
          rows={items}
          rowKey={toolName}
          rowLabel={(item) => `${toolName(item)}, ${plural(item.calls, 'call')}`}
          onOpen={(item) => void navigate({ to: '/tools/$name', params: { name: toolName(item) } })}
          sort={{ id: 'calls', desc: true }}
          skeletonRows={4}
        />
      )}
    </section>
  )
}
