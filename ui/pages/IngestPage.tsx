import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Table2 } from 'lucide-react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { IngestReport } from '../../schema/api/ingest.ts'
import { ingestQuery } from '../api/queries.ts'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { type ChartSeries, StepChart } from '../components/StepChart.tsx'
import { IngestFigures } from '../ingest/IngestFigures.tsx'
import styles from '../ingest/ingest.module.css'
import { Reasons } from '../ingest/Reasons.tsx'
import { Sources } from '../ingest/Sources.tsx'
import { Unread } from '../ingest/Unread.tsx'
import inspector from '../replay/inspector.module.css'
import { INGEST_CHARTS, INGEST_TABS, type IngestChart, type IngestSearch, type IngestTab } from '../search/pages.ts'
import { useScope } from '../search/use-scope.ts'
import { formatBytes, formatCompact, formatDuration } from '../util/format.ts'
import { rangeOfMs } from '../util/time-range.ts'

const route = getRouteApi('/ingest')

/** What came in, and what was not understood? */
export const IngestPage = () => {
  const { tab = 'problems', chart = 'received', view, reason } = route.useSearch()
  const navigate = route.useNavigate()
  const scope = useScope()
  const ingest = useQuery(ingestQuery(scope.range, scope))
  const report = ingest.data
  const change = (next: IngestSearch) => void navigate({ search: (old) => ({ ...old, ...next }) })
  return (
    <>
      {ingest.isError && !report ? (
        <ErrorState error={ingest.error} subject="The account of ingest" onRetry={() => void ingest.refetch()} />
      ) : (
        <>
          <IngestFigures report={report} />
          <OverTime report={report} chart={chart} asTable={view === 'table'} onChange={change} />
        </>
      )}
      <Tabs
        selectedKey={tab}
        onSelectionChange={(key) => change({ tab: key === 'problems' ? undefined : (key as IngestTab) })}
      >
        <div className={styles.bar}>
          <TabList className={inspector.segments ?? ''} aria-label="Parts of ingest">
            {INGEST_TABS.map((id) => (
              <Tab key={id} id={id} className={inspector.segment ?? ''}>
                {TABS[id]}
              </Tab>
            ))}
          </TabList>
          <span className="grow" />
          <Link to="/mapping" search={{}} className="btn">
            How would this be read?
          </Link>
        </div>
        <TabPanel key={tab} id={tab}>
          {tab === 'sources' ? (
            <Sources />
          ) : tab === 'unread' ? (
            <Unread />
          ) : (
            !(ingest.isError && !report) && (
              <Reasons report={report} open={reason} onOpen={(next) => change({ reason: next })} />
            )
          )}
        </TabPanel>
      </Tabs>
    </>
  )
}

const TABS: Readonly<Record<IngestTab, string>> = {
  problems: 'Problems',
  sources: 'Senders',
  unread: 'Not understood',
}
const CHARTS: Readonly<Record<IngestChart, string>> = {
  received: 'Received over time',
  lag: 'Lag over time',
  spool: 'Spool over time',
}

interface OverTimeProps {
  readonly report: IngestReport | undefined
  readonly chart: IngestChart
  readonly asTable: boolean
  readonly onChange: (next: IngestSearch) => void
}

const OverTime = ({ report, chart, asTable, onChange }: OverTimeProps) => {
  const navigate = useNavigate()
  return (
    <div className={styles.chart}>
      <div className={styles.bar}>
        <ChoiceSelect
          label="Chart"
          value={chart}
          choices={INGEST_CHARTS.map((id) => ({ id, label: CHARTS[id] }))}
          onChange={(next) => onChange({ chart: next === 'received' ? undefined : next })}
        />
        <span className="grow" />
        <button
          type="button"
          className="btn"
          aria-pressed={asTable}
          onClick={() => onChange({ view: asTable ? undefined : 'table' })}
        >
          <Table2 aria-hidden="true" />
          As a table
        </button>
      </div>
      {report ? (
        <StepChart
          label={CHARTS[chart]}
          times={report.series.map((step) => step.time)}
          stepMs={report.stepMs}
          series={seriesOf(report, chart)}
          format={FORMATS[chart]}
          asTable={asTable}
          onBrush={({ fromMs, toMs }) =>
            void navigate({ to: '.', search: (old) => ({ ...old, ...rangeOfMs(fromMs, toMs) }) })
          }
        />
      ) : (
        <div className={styles.waiting} role="status" aria-label="Loading">
          <span className="skeleton" style={{ width: '100%', height: '100%' }} />
        </div>
      )}
    </div>
  )
}

const FORMATS: Readonly<Record<IngestChart, (value: number) => string>> = {
  received: formatCompact,
  lag: formatDuration,
  spool: formatBytes,
}

const seriesOf = ({ series }: IngestReport, chart: IngestChart): readonly ChartSeries[] => {
  if (chart === 'lag') return [{ label: 'longest lag', color: 'var(--bar)', values: series.map((step) => step.lagMs) }]
  if (chart === 'spool')
    return [{ label: 'largest spool', color: 'var(--bar)', values: series.map((step) => step.spoolBytes) }]
  const all: readonly ChartSeries[] = [
    { label: 'spans', color: 'var(--accent)', values: series.map((step) => step.traces) },
    { label: 'log records', color: 'var(--tool)', values: series.map((step) => step.logs) },
    { label: 'data points', color: 'var(--llm)', values: series.map((step) => step.metrics) },
    { label: 'rejected items', color: 'var(--error)', values: series.map((step) => step.rejected) },
    { label: 'refused requests', color: 'var(--guardrail)', values: series.map((step) => step.refusedRequests) },
  ]
  // Spans are always named, so that an empty chart says what would be here.
  return all.filter(({ values }, i) => i === 0 || values.some((value) => value))
}
