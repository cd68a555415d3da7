import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { LogItem } from '../../schema/api/shapes.ts'
import { traceLogsQuery } from '../api/queries.ts'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { JsonTree } from '../components/JsonTree.tsx'
import { clock } from './clock.ts'
import styles from './replay.module.css'

interface Props {
  readonly traceId: string
  readonly originNanos: bigint
}

/** OTLP severity numbers: 17–20 ERROR, 21–24 FATAL, 13–16 WARN (opentelemetry.io/docs/specs/otel/logs/data-model). */
const toneOf = (severity: number) => (severity >= 17 ? 'bad' : severity >= 13 ? 'amber' : 'muted')

/** Log records of a trace, oldest first, by pages as they are scrolled to. */
export const Logs = ({ traceId, originNanos }: Props) => {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    traceLogsQuery(traceId),
  )
  const logs = data?.pages.flatMap((page) => page.items) ?? []
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: logs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 26,
    overscan: 12,
    getItemKey: (i) => logs[i]!.logId,
  })
  const items = virtual.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= logs.length - 20) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, lastShown, logs.length, fetchNextPage])
  if (error) return <ErrorState error={error} subject="The logs" onRetry={() => void refetch()} />
  if (!isPending && logs.length === 0) {
    return (
      <EmptyState title="No logs belong to this trace">
        Log records that carry its trace id appear here: send them to /v1/logs of the same receiver.
      </EmptyState>
    )
  }
  return (
    <div className={styles.scroll} ref={scroller}>
      <ol className={styles.lines} style={{ height: virtual.getTotalSize() }} aria-label="Logs">
        {items.map((item) => (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <LogLine log={logs[item.index]!} originNanos={originNanos} />
          </li>
        ))}
      </ol>
    </div>
  )
}

const LogLine = ({ log, originNanos }: { readonly log: LogItem; readonly originNanos: bigint }) => {
  const more = Object.keys(log.attributes).length > 0
  const line = (
    <>
      <span className={`num ${styles.at}`}>{clock(Number(BigInt(log.timeNanos) - originNanos) / 1e6, 1)}</span>
      <span className={`small ${toneOf(log.severity)}`}>{log.severityText || log.severity}</span>
      <span className="mono cut">{[log.eventName, log.body].filter(Boolean).join('  ')}</span>
    </>
  )
  if (!more) return <div className={styles.log}>{line}</div>
  return (
    <details>
      <summary className={styles.log}>{line}</summary>
      <JsonTree text={JSON.stringify(log.attributes)} label="attributes" />
    </details>
  )
}
