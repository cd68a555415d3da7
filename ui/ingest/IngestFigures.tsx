import type { IngestReport } from '../../schema/api/ingest.ts'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { formatBytes, formatCount, formatDuration, formatPercent, plural } from '../util/format.ts'

/** The range in six figures: what came, what was kept, what was not, and how far behind the pages are. */
export const IngestFigures = ({ report }: { readonly report: IngestReport | undefined }) => {
  const sum = (of: (total: IngestReport['totals'][number]) => number) =>
    report?.totals.reduce((total, one) => total + of(one), 0) ?? 0
  const received = sum((one) => one.received)
  const acknowledged = sum((one) => one.acknowledged)
  const rejected = sum((one) => one.rejected)
  const refused = sum((one) => one.refusedRequests)
  const duplicates = sum((one) => one.duplicateRequests)
  return (
    <FigureRow label="Ingest">
      <Figure
        label="Received"
        value={report ? formatCount(received) : null}
        source="Spans, log records and data points that were judged in this time. A request that was sent again is counted once."
      >
        {report && bySignal(report)}
      </Figure>
      <Figure
        label="Acknowledged"
        value={report ? (received === 0 ? '–' : formatPercent(acknowledged / received)) : null}
        source="On disk, fsynced, and loaded exactly once: what a sender was told 200 for."
      >
        {report && `${formatCount(acknowledged)} in ${formatBytes(sum((one) => one.bytes))}`}
      </Figure>
      <Figure
        label="Rejected for good"
        value={report ? <span className={rejected > 0 ? 'bad' : undefined}>{formatCount(rejected)}</span> : null}
        source="Items that can never be stored. The rest of their requests was kept, and the sender was told."
      >
        {report && (rejected === 0 ? 'nothing was lost here' : `${formatPercent(rejected / received)} of received`)}
      </Figure>
      <Figure
        label="Refused requests"
        value={report ? formatCount(refused) : null}
        source="Requests that were answered with an error. How much was in them is not known. What may be sent again, was told so."
      >
        {report && (duplicates > 0 ? `${formatCount(duplicates)} sent twice, kept once` : 'none was sent twice')}
      </Figure>
      <LagFigure state={report?.state} />
      <SpoolFigure state={report?.state} />
    </FigureRow>
  )
}

const NOUNS = { traces: ['span'], logs: ['log record'], metrics: ['data point'], unknown: ['item'] } as const

const bySignal = ({ totals }: IngestReport): string => {
  const counts = (['traces', 'logs', 'metrics'] as const).map((signal) => ({
    signal,
    n: totals.filter((one) => one.signal === signal).reduce((sum, one) => sum + one.received, 0),
  }))
  const some = counts.filter(({ n }) => n > 0)
  return some.length === 0 ? 'nothing counted' : some.map(({ signal, n }) => plural(n, NOUNS[signal][0])).join(', ')
}

const LagFigure = ({ state }: { readonly state: IngestReport['state'] | undefined }) => (
  <Figure
    label="Lag now"
    value={state ? (state.lagMs === null ? '–' : formatDuration(state.lagMs)) : null}
    source="Age of the oldest acknowledged request that cannot be queried and counted yet. Written every ten seconds."
  >
    {state &&
      (state.time === null
        ? 'no collector wrote lately'
        : `load ${formatDuration(state.loadLagMs)}, tally ${formatDuration(state.tallyLagMs)}`)}
  </Figure>
)

const SpoolFigure = ({ state }: { readonly state: IngestReport['state'] | undefined }) => {
  const quarantined = state?.quarantinedSegments ?? 0
  return (
    <Figure
      label="Spool now"
      value={state ? (state.spoolBytes === null ? '–' : formatBytes(state.spoolBytes)) : null}
      source="Acknowledged and waiting on disk. A segment that cannot be read or loaded is set aside in the quarantine folder of the spool, for a person to look at."
    >
      {state &&
        (quarantined > 0 ? (
          <span className="bad">{plural(quarantined, 'segment')} in quarantine</span>
        ) : (
          'none in quarantine'
        ))}
    </Figure>
  )
}
