import { Link } from '@tanstack/react-router'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { RateFigure, rateDomain } from '../components/RateFigure.tsx'
import type { Column } from '../components/table-columns.ts'
import { cachedText, Duration, Missing, Money, TimeAgo, Tokens, usageText } from '../components/values.tsx'
import { plural } from '../util/format.ts'
import { FailureRate, SparkCount, seriesMax, ToolLink, TwoLines } from './cells.tsx'
import styles from './pages.module.css'

export const toolName = (item: UsageItem): string => item.key.tool ?? ''
export const modelName = (item: UsageItem): string => item.key.model ?? ''

const lastSeen: Column<UsageItem> = {
  id: 'lastSeen',
  header: 'Last call',
  width: 104,
  align: 'right',
  from: 640,
  sortBy: (item) => Date.parse(item.lastSeen),
  cell: (item) => (
    <span className="muted">
      <TimeAgo time={item.lastSeen} />
    </span>
  ),
}

const latency: readonly Column<UsageItem>[] = [
  {
    id: 'p50',
    header: 'p50',
    width: 80,
    align: 'right',
    from: 760,
    sortBy: (item) => item.p50Ms,
    cell: (item) => <Duration ms={item.p50Ms} />,
  },
  {
    id: 'p95',
    header: 'p95',
    width: 80,
    align: 'right',
    sortBy: (item) => item.p95Ms,
    cell: (item) => <Duration ms={item.p95Ms} />,
  },
]

const callsColumn = (items: readonly UsageItem[]): Column<UsageItem> => {
  const max = seriesMax(items)
  return {
    id: 'calls',
    header: 'Calls',
    width: 190,
    grow: 1,
    from: 600,
    sortBy: (item) => item.calls,
    cell: (item) => <SparkCount item={item} count={item.calls} label="calls" max={max} />,
  }
}

const failedColumn: Column<UsageItem> = {
  id: 'failed',
  header: 'Failed',
  width: 112,
  align: 'right',
  sortBy: (item) => item.failureRate.value,
  cell: (item) => <FailureRate rate={item.failureRate} />,
}

/** Tools: are the connections well, and are they called as they want to be? */
export const toolColumns = (items: readonly UsageItem[]): readonly Column<UsageItem>[] => [
  {
    id: 'tool',
    header: 'Tool',
    width: 150,
    grow: 2,
    sortBy: toolName,
    cell: (item) => <TwoLines first={<ToolLink name={toolName(item)} />} second={`in ${plural(item.runs, 'run')}`} />,
  },
  callsColumn(items),
  failedColumn,
  {
    id: 'valid',
    header: 'Valid arguments',
    width: 216,
    grow: 1,
    from: 720,
    sortBy: (item) => item.valid?.value ?? null,
    cell: (item) =>
      item.valid?.value == null ? (
        <Missing why="no schema of this tool was seen" />
      ) : (
        <RateFigure rate={item.valid} domain={rateDomain(items.map((one) => one.valid))} />
      ),
  },
  ...latency,
  {
    id: 'agents',
    header: 'Used by',
    width: 180,
    grow: 1,
    from: 1080,
    cell: (item) => <AgentNames names={item.agents} />,
  },
  lastSeen,
]

export const modelColumns = (items: readonly UsageItem[]): readonly Column<UsageItem>[] => [
  {
    id: 'model',
    header: 'Model',
    width: 150,
    grow: 2,
    sortBy: modelName,
    cell: (item) => (
      <TwoLines
        first={
          <Link to="/sessions" search={{ model: [modelName(item)] }} className={`${styles.name} mono`}>
            {modelName(item) || 'no name'}
          </Link>
        }
        second={item.key.provider || 'provider unknown'}
      />
    ),
  },
  callsColumn(items),
  failedColumn,
  {
    id: 'tokens',
    header: 'Tokens in, out',
    width: 170,
    align: 'right',
    from: 820,
    sortBy: (item) => item.usage.inputTotal + item.usage.outputTotal,
    cell: (item) => (
      <span title={usageText(item.usage)}>
        <TwoLines first={<Tokens usage={item.usage} />} second={cachedText(item.usage) || '\u00a0'} />
      </span>
    ),
  },
  {
    id: 'spend',
    header: 'Spend',
    width: 112,
    align: 'right',
    sortBy: (item) => (item.costStatus === 'none' ? null : Number(item.costUsd)),
    cell: (item) => <Money usd={item.costUsd} status={item.costStatus} />,
  },
  {
    id: 'unpriced',
    header: 'Unpriced',
    width: 104,
    align: 'right',
    from: 1000,
    sortBy: (item) => item.unpricedCalls,
    cell: (item) =>
      item.unpricedCalls === 0 ? (
        <Missing why="every call has a price" />
      ) : (
        <span className="amber">{plural(item.unpricedCalls, 'call')}</span>
      ),
  },
  // On a phone what is spent comes before how long it took.
  ...latency.map((column) => ({ ...column, from: column.from ?? 480 })),
  {
    id: 'agents',
    header: 'Used by',
    width: 180,
    grow: 1,
    from: 1180,
    cell: (item) => <AgentNames names={item.agents} />,
  },
  lastSeen,
]

const AgentNames = ({ names }: { readonly names: readonly string[] }) => {
  const [first, ...others] = names
  if (first === undefined) return <Missing why="no agent" />
  return (
    <span className="cut" title={names.join(', ')}>
      <Link to="/agents/$name" params={{ name: first }} className={styles.quiet}>
        {first}
      </Link>
      {others.length > 0 && <span className="faint"> and {others.length} more</span>}
    </span>
  )
}
