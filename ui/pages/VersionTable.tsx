import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { DataTable } from '../components/DataTable.tsx'
import { DeltaText } from '../components/Figure.tsx'
import { RateFigure, rateDomain } from '../components/RateFigure.tsx'
import type { Column } from '../components/table-columns.ts'
import { Duration, Moment } from '../components/values.tsx'
import { type Delta, formatCount, formatUsd, plural, pointDelta, relativeDelta } from '../util/format.ts'
import { newestFirst, type Version, verdictOf } from '../util/versions.ts'
import { TwoLines } from './cells.tsx'
import styles from './pages.module.css'

interface Props {
  readonly agent: string
  readonly versions: readonly Version[] | undefined
}

interface Row {
  readonly version: Version
  /** The one that ran before it. */
  readonly before: Version | undefined
  readonly verdict: 'worse' | 'better' | 'same' | 'unknown'
}

/** Every version of the range, newest first, each against the one before it. */
export const VersionTable = ({ agent, versions }: Props) => {
  const navigate = useNavigate()
  const rows = useMemo(() => versions && rowsOf(versions), [versions])
  const columns = useMemo(() => versionColumns(agent, versions ?? []), [agent, versions])
  return (
    <section aria-label="Versions">
      <div className={styles.heading}>
        <h2>Versions</h2>
        <span className="muted">each against the one before it</span>
      </div>
      {rows?.length === 0 ? (
        <p className={styles.foot}>
          No version was sent. Set <span className="mono">service.version</span> or{' '}
          <span className="mono">gen_ai.agent.version</span>, and changes show here.
        </p>
      ) : (
        <DataTable
          label="Versions"
          columns={columns}
          rows={rows}
          rowKey={({ version }) => version.version}
          rowLabel={({ version }) => `${version.version || 'no version'}, ${plural(version.runs, 'run')}`}
          onOpen={({ version }) =>
            void navigate({ to: '/sessions', search: { agent: [agent], version: [version.version] } })
          }
          skeletonRows={2}
        />
      )}
    </section>
  )
}

const rowsOf = (versions: readonly Version[]): readonly Row[] => {
  const sorted = newestFirst(versions)
  return sorted.map((version, i) => ({
    version,
    before: sorted[i + 1],
    verdict: verdictOf(version, sorted[i + 1] ?? null),
  }))
}

const VERDICTS = {
  worse: { text: 'worse', tone: 'bad' },
  better: { text: 'better', tone: 'good' },
  same: { text: 'no difference shown', tone: 'muted' },
  unknown: { text: '', tone: 'muted' },
} as const
const TONES = { worse: 'error', better: 'ok', same: 'agent', unknown: 'agent' } as const

/** Coloured exactly where the verdict says that there is a difference. */
const changeOf = (version: Version, before: Version | undefined, verdict: Row['verdict']): Delta | null => {
  const delta = pointDelta(version.success.value, before?.success.value)
  return delta && { ...delta, notable: verdict === 'worse' || verdict === 'better' }
}

const sampleOf = (version: Version, before: Version | undefined) => Math.min(version.runs, before?.runs ?? 0)
const costPerRun = (version: Version | undefined) =>
  version && version.runs > 0 ? Number(version.costUsd) / version.runs : null

const versionColumns = (agent: string, versions: readonly Version[]): readonly Column<Row>[] => {
  const domain = rateDomain(versions.map((version) => version.success))
  return [
    {
      id: 'version',
      header: 'Version',
      width: 120,
      grow: 2,
      cell: ({ version }) => (
        <TwoLines
          first={
            <Link to="/sessions" search={{ agent: [agent], version: [version.version] }} className={styles.name}>
              {version.version || 'no version'}
            </Link>
          }
          second={
            <>
              since <Moment time={version.firstSeen} />
            </>
          }
        />
      ),
    },
    {
      id: 'runs',
      header: 'Runs',
      width: 90,
      align: 'right',
      from: 460,
      cell: ({ version }) => formatCount(version.runs),
    },
    {
      id: 'success',
      header: 'Task success',
      width: 230,
      grow: 1,
      from: 560,
      cell: ({ version, verdict }) => <RateFigure rate={version.success} domain={domain} tone={TONES[verdict]} />,
    },
    {
      id: 'change',
      header: 'Change',
      width: 150,
      cell: ({ version, before, verdict }) => (
        <TwoLines
          first={<DeltaOrDash delta={changeOf(version, before, verdict)} better="up" />}
          second={<span className={VERDICTS[verdict].tone}>{VERDICTS[verdict].text || '\u00a0'}</span>}
        />
      ),
    },
    {
      id: 'cost',
      header: 'Cost per run',
      width: 120,
      align: 'right',
      from: 620,
      cell: ({ version, before }) => (
        <CostPerRun now={costPerRun(version)} before={costPerRun(before)} sample={sampleOf(version, before)} />
      ),
    },
    {
      id: 'p95',
      header: 'p95',
      width: 110,
      align: 'right',
      cell: ({ version, before }) => (
        <TwoLines
          first={<Duration ms={version.p95Ms} />}
          second={
            <DeltaOrDash
              delta={
                version.p95Ms !== null ? relativeDelta(version.p95Ms, before?.p95Ms, sampleOf(version, before)) : null
              }
              better="down"
            />
          }
        />
      ),
    },
  ]
}

interface CostPerRunProps {
  readonly now: number | null
  readonly before: number | null
  readonly sample: number
}

const CostPerRun = ({ now, before, sample }: CostPerRunProps) => (
  <TwoLines
    first={now === null ? '–' : now === 0 ? '—' : formatUsd(now)}
    second={<DeltaOrDash delta={now ? relativeDelta(now, before, sample) : null} better="down" />}
  />
)

const DeltaOrDash = ({ delta, better }: { readonly delta: Delta | null; readonly better: 'up' | 'down' }) =>
  delta ? <DeltaText delta={delta} better={better} /> : <span className="faint">–</span>
