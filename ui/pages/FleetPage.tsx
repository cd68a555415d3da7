import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { CircleAlert } from 'lucide-react'
import { useMemo } from 'react'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { agentsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { parseSort, stringifySort } from '../search/pages.ts'
import { useScope } from '../search/use-scope.ts'
import { formatPercent, plural } from '../util/format.ts'
import { useNow } from '../util/now.ts'
import { NARROW, useMedia } from '../util/use-media.ts'
import { versionChange } from '../util/versions.ts'
import { FleetOverview } from './FleetOverview.tsx'
import { agentName, fleetColumns, forWidth } from './fleet-columns.tsx'
import styles from './pages.module.css'

const route = getRouteApi('/')
const NO_ITEMS: readonly UsageItem[] = []

/** How are my agents? */
export const FleetPage = () => {
  const search = route.useSearch()
  const navigate = useNavigate()
  const scope = useScope()
  const narrow = useMedia(NARROW)
  const nowMs = useNow()
  const agents = useQuery(agentsQuery(scope.query, { live: scope.live }))
  const before = useQuery(agentsQuery(scope.previous))
  const items = agents.data?.items
  const columns = useMemo(
    () => forWidth(fleetColumns(items ?? NO_ITEMS, before.data?.items ?? NO_ITEMS, nowMs), narrow),
    [items, before.data, nowMs, narrow],
  )
  const shown = items?.filter(SHOWS.find((one) => one.id === search.show)?.test ?? (() => true))
  return (
    <>
      <FleetOverview />
      {items
        ?.filter((item) => versionChange(item.versions)?.verdict === 'worse')
        .map((item) => (
          <Regression key={agentName(item)} item={item} />
        ))}
      {agents.isError && !items ? (
        <ErrorState error={agents.error} subject="The list of agents" onRetry={() => void agents.refetch()} />
      ) : items?.length === 0 ? (
        <EmptyState title="No agent ran in this time" howToSend>
          Every agent that sends OpenTelemetry gets a row here: its runs, how many succeeded, what they cost and which
          version runs. A longer time range may show more.
        </EmptyState>
      ) : (
        <>
          <ShowBar items={items ?? NO_ITEMS} show={search.show} />
          <DataTable
            label="Agents"
            columns={columns}
            rows={shown}
            rowKey={agentName}
            rowLabel={(item) => `${agentName(item)}, ${plural(item.runs, 'run')}`}
            onOpen={(item) => void navigate({ to: '/agents/$name', params: { name: agentName(item) } })}
            sort={parseSort(search.sort ?? '-runs')}
            onSort={(sort) => void navigate({ to: '.', search: (old) => ({ ...old, sort: stringifySort(sort) }) })}
            stale={agents.isPlaceholderData}
          />
        </>
      )}
    </>
  )
}

const SHOWS: readonly { readonly id: string; readonly label: string; readonly test: (item: UsageItem) => boolean }[] = [
  { id: 'changed', label: 'changed', test: (item) => versionChange(item.versions)?.before != null },
  { id: 'worse', label: 'worse since a change', test: (item) => versionChange(item.versions)?.verdict === 'worse' },
  { id: 'unpriced', label: 'unpriced', test: (item) => item.unpricedCalls > 0 },
]

/** What to look at first, with how many there are; a group of none is not offered. */
const ShowBar = ({ items, show }: { readonly items: readonly UsageItem[]; readonly show: string | undefined }) => {
  const navigate = useNavigate()
  const choose = (id: string | undefined) => void navigate({ to: '.', search: (old) => ({ ...old, show: id }) })
  const groups = SHOWS.map((one) => ({ ...one, count: items.filter(one.test).length })).filter(
    (one) => one.count > 0 || one.id === show,
  )
  return (
    <fieldset className={`${styles.tools} num`} aria-label="Show">
      <button type="button" className={`chip ${styles.pick}`} aria-pressed={!show} onClick={() => choose(undefined)}>
        all {items.length || ''}
      </button>
      {groups.map(({ id, label, count }) => (
        <button
          type="button"
          key={id}
          className={`chip ${styles.pick}`}
          aria-pressed={show === id}
          onClick={() => choose(show === id ? undefined : id)}
        >
          {label} {count}
        </button>
      ))}
    </fieldset>
  )
}

/** Said only where the intervals of two versions do not touch; with the runs to look at. */
const Regression = ({ item }: { readonly item: UsageItem }) => {
  const change = versionChange(item.versions)
  if (!change?.before) return null
  const { now, before } = change
  const name = agentName(item)
  return (
    <div className={`${styles.banner} num`} role="note">
      <CircleAlert aria-hidden="true" />
      <span>
        <b>{name}</b> succeeds less since <b>{now.version}</b>: {formatPercent(now.success.value ?? 0)} of{' '}
        {plural(now.success.valid, 'judged run')}, was {formatPercent(before.success.value ?? 0)} with {before.version}.{' '}
        <Link to="/sessions" search={{ agent: [name], version: [now.version], outcome: ['failure'] }}>
          failed runs
        </Link>{' '}
        ·{' '}
        <Link to="/agents/$name" params={{ name }}>
          what changed in {now.version}
        </Link>
      </span>
    </div>
  )
}
