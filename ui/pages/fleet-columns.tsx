import { Link } from '@tanstack/react-router'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { DeltaText } from '../components/Figure.tsx'
import { RateFigure, rateDomain } from '../components/RateFigure.tsx'
import type { Column } from '../components/table-columns.ts'
import { Duration, Missing, Money } from '../components/values.tsx'
import { formatPercent, plural, relativeDelta } from '../util/format.ts'
import { comparable } from '../util/outcomes.ts'
import { formatAge } from '../util/time-format.ts'
import { versionChange } from '../util/versions.ts'
import { HitRate, SparkCount, seriesMax, TwoLines } from './cells.tsx'
import styles from './pages.module.css'

export const agentName = (item: UsageItem): string => item.key.agent ?? ''
export const ratioOf = (hits: number | null, of: number | null) => (hits === null || !of ? null : hits / of)

/** One row per agent; `before` are the same agents in the period of equal length before. */
export const fleetColumns = (
  items: readonly UsageItem[],
  before: readonly UsageItem[],
  nowMs: number,
): readonly Column<UsageItem>[] => {
  const domain = rateDomain(items.map((item) => item.success))
  const max = seriesMax(items)
  const earlier = new Map(before.map((item) => [agentName(item), item]))
  return [
    {
      id: 'agent',
      header: 'Agent',
      width: 150,
      grow: 2,
      sortBy: agentName,
      cell: (item) => (
        <TwoLines
          first={
            <Link to="/agents/$name" params={{ name: agentName(item) }} className={styles.name}>
              {agentName(item) || 'no name'}
            </Link>
          }
          second={item.key.team || `${formatAge(Math.max(0, nowMs - Date.parse(item.lastSeen)))} ago`}
        />
      ),
    },
    {
      id: 'runs',
      header: 'Runs',
      width: 190,
      grow: 1,
      from: 760,
      sortBy: (item) => item.runs,
      cell: (item) => <RunsCell item={item} max={max} />,
    },
    {
      id: 'success',
      header: 'Task success',
      width: 216,
      grow: 1,
      from: 620,
      sortBy: (item) => item.success?.value ?? null,
      cell: (item) => <RateFigure rate={item.success} domain={domain} tone={toneOf(item)} />,
    },
    {
      id: 'success-narrow',
      header: 'Success',
      width: 96,
      sortBy: (item) => item.success?.value ?? null,
      cell: (item) => <RateFigure rate={item.success} bar={false} />,
    },
    {
      id: 'costPerSuccess',
      header: 'Cost per success',
      width: 128,
      align: 'right',
      sortBy: (item) => (item.costPerSuccess === null ? null : Number(item.costPerSuccess)),
      cell: (item) => (
        <CostPerSuccess item={item} before={comparable(item, earlier.get(agentName(item)), (one) => one.runs)} />
      ),
    },
    {
      id: 'spend',
      header: 'Spend',
      width: 112,
      align: 'right',
      from: 560,
      sortBy: (item) => Number(item.costUsd),
      cell: (item) => <Money usd={item.costUsd} status={item.costStatus} />,
    },
    {
      id: 'guardrail',
      header: 'Guardrail hits',
      width: 130,
      align: 'right',
      from: 1100,
      sortBy: (item) => ratioOf(item.guardrailHits, item.guardrailEvaluations),
      cell: (item) => <HitRate hits={item.guardrailHits} of={item.guardrailEvaluations} />,
    },
    {
      id: 'p95',
      header: 'p95',
      width: 84,
      align: 'right',
      from: 700,
      sortBy: (item) => item.p95Ms,
      cell: (item) => <Duration ms={item.p95Ms} />,
    },
    {
      id: 'version',
      header: 'Version',
      width: 168,
      grow: 1,
      from: 1000,
      cell: (item) => <VersionNote item={item} nowMs={nowMs} />,
    },
  ]
}

/** Both success columns exist; which one stands depends on the width. */
export const forWidth = (columns: readonly Column<UsageItem>[], narrow: boolean): readonly Column<UsageItem>[] =>
  columns.filter((column) => column.id !== (narrow ? 'success' : 'success-narrow'))

/** Coloured only where the data says so: a version that is told apart from the one before. */
const toneOf = (item: UsageItem): 'ok' | 'error' | 'agent' => {
  const verdict = versionChange(item.versions)?.verdict
  return verdict === 'worse' ? 'error' : verdict === 'better' ? 'ok' : 'agent'
}

/** An agent that only works for others has calls and no runs of its own. */
const RunsCell = ({ item, max }: { readonly item: UsageItem; readonly max: number }) =>
  item.runs > 0 ? (
    <SparkCount item={item} count={item.runs} label="runs" max={max} />
  ) : (
    <SparkCount item={item} count={item.calls} label="calls" max={max}>
      <TwoLines
        first={<span className="muted">{plural(item.calls, 'call')}</span>}
        second={item.partOfRuns ? `in ${plural(item.partOfRuns, 'run')} of others` : 'sub-agent'}
      />
    </SparkCount>
  )

const CostPerSuccess = ({ item, before }: { readonly item: UsageItem; readonly before: UsageItem | undefined }) => {
  if (item.costPerSuccess === null)
    return item.costStatus === 'none' ? <Money usd={null} status="none" /> : <Missing why="nothing succeeded yet" />
  const delta = before?.costPerSuccess
    ? relativeDelta(Number(item.costPerSuccess), Number(before.costPerSuccess), Math.min(item.runs, before.runs))
    : null
  return (
    <TwoLines
      first={
        <span className="b">
          <Money usd={item.costPerSuccess} status={item.costStatus} />
        </span>
      }
      second={delta ? <DeltaText delta={delta} better="down" /> : '–'}
    />
  )
}

const VersionNote = ({ item, nowMs }: { readonly item: UsageItem; readonly nowMs: number }) => {
  const change = versionChange(item.versions)
  if (!change) return <Missing why="no version was sent" />
  const age = formatAge(Math.max(0, nowMs - Date.parse(change.now.firstSeen)))
  const was = change.before?.success.value
  return (
    <TwoLines
      first={<span className="b">{change.now.version}</span>}
      second={
        !change.before ? (
          'unchanged'
        ) : (
          <span className={change.verdict === 'worse' ? 'bad' : change.verdict === 'better' ? 'good' : undefined}>
            {change.verdict === 'unknown'
              ? `${age}, ${plural(change.now.success.valid, 'run')} judged`
              : `${age}, was ${was == null ? '–' : formatPercent(was)}`}
          </span>
        )
      }
    />
  )
}
