import { useQuery } from '@tanstack/react-query'
import { spanQuery } from '../api/queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { KindChip, KindIcon } from '../components/KindChip.tsx'
import { SpanDetail } from '../trace/SpanDetail.tsx'
import styles from './inspector.module.css'

interface Props {
  readonly traceId: string
  readonly spanId: string
  readonly originNanos: bigint
}

/** The inspector for a span that is no step of the replay. */
export const LooseSpan = ({ traceId, spanId, originNanos }: Props) => {
  const { data: span, error } = useQuery(spanQuery(traceId, spanId))
  return (
    <section className={styles.inspector} aria-label="Inspector">
      <header className={styles.top}>
        <h2>
          {span && <KindIcon kind={span.kind} failed={span.failed} size={20} />}
          <span className="cut">{span?.name ?? spanId}</span>
          {span && <KindChip kind={span.kind} />}
        </h2>
        <p className="muted">not a step of the recording</p>
      </header>
      <div className={styles.body}>
        {error ? (
          <ErrorState error={error} subject="The span" />
        ) : span ? (
          <SpanDetail span={span} originNanos={originNanos} />
        ) : (
          <span className={`skeleton ${styles.waiting}`} role="status" aria-label="Loading" />
        )}
      </div>
    </section>
  )
}
