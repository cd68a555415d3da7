import { ChevronDown, ChevronRight, CircleCheck } from 'lucide-react'
import { useId } from 'react'
import type { IngestReason, IngestReport } from '../../schema/api/ingest.ts'
import { Sparkline } from '../components/Sparkline.tsx'
import { TimeAgo } from '../components/values.tsx'
import { plural } from '../util/format.ts'
import styles from './ingest.module.css'
import { wordsOf } from './reasons.ts'

interface Props {
  readonly report: IngestReport | undefined
  readonly open: string | undefined
  readonly onOpen: (reason: string | undefined) => void
}

const WAITING = ['first', 'second', 'third'] as const

/** What was not taken as it was sent, by reason: what it means, what to do, and the last examples. */
export const Reasons = ({ report, open, onOpen }: Props) => {
  if (!report) {
    return (
      <div className={styles.reasons} role="status" aria-label="Loading">
        {WAITING.map((name) => (
          <div key={name} className={styles.reason}>
            <div className={styles.row}>
              <span />
              <span className="skeleton" style={{ width: 64, height: 14 }} />
              <span className="skeleton" style={{ width: '42%', height: 11 }} />
            </div>
          </div>
        ))}
      </div>
    )
  }
  if (report.reasons.length === 0) {
    return (
      <p className={`${styles.fine} muted`} role="status">
        <CircleCheck aria-hidden="true" />
        {report.totals.length === 0
          ? 'Nothing was counted in this time. Counts are written every ten seconds.'
          : 'Everything that came in this time was taken as it was sent.'}
      </p>
    )
  }
  return (
    <ul className={`${styles.reasons} num`} aria-label="Reasons">
      {report.reasons.map((reason) => {
        const id = `${reason.kind}.${reason.reason}`
        return (
          <Reason key={id} reason={reason} isOpen={open === id} onToggle={() => onOpen(open === id ? undefined : id)} />
        )
      })}
    </ul>
  )
}

const TONES = { rejected: 'k-error', refused: 'k-warn', noted: 'k-agent' } as const

const Reason = ({
  reason,
  isOpen,
  onToggle,
}: {
  readonly reason: IngestReason
  readonly isOpen: boolean
  readonly onToggle: () => void
}) => {
  const id = useId()
  const words = wordsOf(reason)
  return (
    <li className={styles.reason}>
      <button type="button" className={styles.row} aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
        {isOpen ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
        <span className={styles.wide}>
          <span className={`chip k ${TONES[reason.kind]}`}>{reason.kind}</span>
        </span>
        <span className="cut">
          <span className="b">{words.title}</span> <span className="faint mono">{reason.reason}</span>
        </span>
        <span className={styles.wide}>
          <Sparkline values={reason.series} label={reason.kind === 'refused' ? 'requests' : 'items'} />
        </span>
        <span className={styles.count}>{amountOf(reason)}</span>
        <span className={`${styles.count} ${styles.wide} muted`}>
          <TimeAgo time={reason.lastSeen} />
        </span>
      </button>
      {isOpen && (
        <section id={id} className={styles.open} aria-label={words.title}>
          <div className={styles.advice}>
            <p>{words.meaning}</p>
            <p>
              <span className="b">What to do. </span>
              {words.remedy}
            </p>
            <p className="muted small">
              {plural(reason.requests, 'request')} · {reason.signals.join(', ')} over {reason.protocols.join(', ')}
            </p>
          </div>
          <Samples reason={reason} />
        </section>
      )}
    </li>
  )
}

const amountOf = ({ kind, items, requests }: IngestReason): string => {
  if (kind === 'refused') return plural(requests, 'request')
  return plural(items, kind === 'noted' ? 'place' : 'item')
}

/** Text of a sender, masked and cut by the collector; shown as text, whatever it looks like. */
const Samples = ({ reason }: { readonly reason: IngestReason }) =>
  reason.samples.length === 0 ? (
    <p className="muted">No example was kept.</p>
  ) : (
    <ul className={styles.samples} aria-label="Examples">
      {reason.samples.map(({ text, time, signal, protocol }) => (
        <li key={`${time} ${signal} ${protocol} ${text}`} className={styles.sample}>
          <code className="mono">{text}</code>
          <div className="faint small">
            {signal} over {protocol}, <TimeAgo time={time} />
          </div>
        </li>
      ))}
    </ul>
  )
