import { CircleAlert } from 'lucide-react'
import type { ReplayModel } from './model.ts'
import { momentText } from './moments.ts'
import styles from './replay.module.css'
import type { Finding } from './why.ts'

/** The first thing one reads of a failed run. Nothing is shown where the data supports no explanation. */
export const WhyBanner = ({
  model,
  onSelect,
}: {
  readonly model: ReplayModel
  readonly onSelect: (index: number) => void
}) => {
  const [first, ...others] = model.findings
  if (!first) return null
  const link = (finding: Finding, text: string) => {
    const index = model.rec.indexBySeq.get(finding.seq)!
    return (
      <button type="button" className={styles.whyLink} onClick={() => onSelect(index)}>
        {text}
      </button>
    )
  }
  const timeOf = (finding: Finding) => momentText(model.rec, model.rec.indexBySeq.get(finding.seq)!)
  const isLate = (finding: Finding) => model.rec.indexBySeq.get(finding.seq)! >= model.rec.lateFrom
  const question = model.session.outcome === 'escalated' ? 'Why it was escalated:' : 'Why it failed:'
  return (
    <div className={styles.why} role="note" aria-label="Why">
      <CircleAlert aria-hidden />
      <p>
        <b>{question}</b> {isLate(first) ? '' : 'at '}
        {link(first, timeOf(first))} <span className="mono">{first.subject}</span> {first.text}
        {first.after && `; ${first.after}`}.
        {others.length > 0 && (
          <span className={styles.also}>
            {' '}
            Also:{' '}
            {others.map((finding, i) => (
              <span key={finding.seq}>
                {i > 0 && ' · '}
                {link(finding, timeOf(finding))} <span className="mono">{finding.subject}</span> {finding.text}
              </span>
            ))}
          </span>
        )}
      </p>
    </div>
  )
}
