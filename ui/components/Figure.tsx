import clsx from 'clsx'
import type { ReactNode } from 'react'
import type { Delta } from '../util/format.ts'
import styles from './Figure.module.css'

interface Props {
  readonly label: string
  /** The figure itself; null while it loads, in the same space. */
  readonly value: ReactNode | null
  /** Interval or n, coverage, what it is made of. */
  readonly children?: ReactNode
  readonly delta?: Delta | null
  /** Which direction of the delta is good news; none: neither is. */
  readonly better?: 'up' | 'down'
  /** The window of its outcomes is still settling. */
  readonly provisional?: boolean
  /** Where it comes from; on hover. */
  readonly source: string
}

/** A number that can be trusted: value, interval or n, coverage, provisional mark, change, and where it comes from. */
export const Figure = ({ label, value, children, delta, better, provisional, source }: Props) => (
  <div className={`${styles.figure} num`} title={source}>
    <dt className={styles.label}>{label}</dt>
    <dd>
      <div className={styles.value}>
        {value ?? <span className="skeleton" style={{ width: 88, height: 18 }} />}
        {provisional && value !== null && <Provisional />}
      </div>
      <div className={styles.detail}>
        {value === null ? <span className="skeleton" style={{ width: 120, height: 11 }} /> : children}
        {delta && value !== null && (
          <>
            {children ? ' · ' : ''}
            <DeltaText delta={delta} {...(better ? { better } : {})} />
          </>
        )}
        {'\u00a0'}
      </div>
    </dd>
  </div>
)

export const DeltaText = ({ delta, better }: { readonly delta: Delta; readonly better?: 'up' | 'down' }) => {
  const good = better === 'up' ? 1 : better === 'down' ? -1 : 0
  const tone =
    good === 0 || delta.direction === 0 || !delta.notable ? undefined : delta.direction === good ? 'good' : 'bad'
  return (
    <span className={clsx('num', tone)} title="against the period of equal length before">
      {delta.text}
    </span>
  )
}

export const Provisional = () => (
  <span className={styles.provisional} title="Provisional: outcomes of this period may still arrive">
    provisional
  </span>
)

/** A row of figures across the page. */
export const FigureRow = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <dl className={styles.row} aria-label={label}>
    {children}
  </dl>
)
