import { useQuery } from '@tanstack/react-query'
import type { LogItem } from '../../schema/api/shapes.ts'
import { spanLogsQuery } from '../api/queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { JsonTree } from '../components/JsonTree.tsx'
import inspector from '../replay/inspector.module.css'
import { formatDuration } from '../util/format.ts'
import styles from './span.module.css'

/** OTLP severity numbers: 17–20 ERROR, 21–24 FATAL, 13–16 WARN (opentelemetry.io/docs/specs/otel/logs/data-model). */
const toneOf = (severity: number) => (severity >= 17 ? 'bad' : severity >= 13 ? 'amber' : 'muted')

interface Props {
  readonly traceId: string
  readonly spanId: string
  readonly startNanos: string
}

/** What was logged while a span was at work, oldest first. */
export const SpanLogs = ({ traceId, spanId, startNanos }: Props) => {
  const { data, error, refetch } = useQuery(spanLogsQuery(traceId, spanId))
  if (error) return <ErrorState error={error} subject="The logs" onRetry={() => void refetch()} />
  if (!data) return <span className={`skeleton ${inspector.waiting}`} role="status" aria-label="Loading" />
  if (data.items.length === 0)
    return (
      <p className="muted">
        No log record carries the id of this span. The logs of the whole trace are in its session.
      </p>
    )
  return (
    <ol aria-label="Logs of this span">
      {data.items.toReversed().map((log) => (
        <Line key={log.logId} log={log} startNanos={BigInt(startNanos)} />
      ))}
    </ol>
  )
}

const Line = ({ log, startNanos }: { readonly log: LogItem; readonly startNanos: bigint }) => (
  <li className={styles.event}>
    <span className={`small ${toneOf(log.severity)}`}>{log.severityText || log.severity}</span>{' '}
    <span className="faint num small">+{formatDuration(Number(BigInt(log.timeNanos) - startNanos) / 1e6)}</span>{' '}
    <span className="mono">{[log.eventName, log.body].filter(Boolean).join('  ')}</span>
    {Object.keys(log.attributes).length > 0 && (
      <JsonTree text={JSON.stringify(log.attributes)} label="attributes of the log record" />
    )}
  </li>
)
