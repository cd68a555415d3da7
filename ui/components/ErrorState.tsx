import { CircleAlert } from 'lucide-react'
import { wordError } from '../api/errors.ts'
import styles from './states.module.css'

interface Props {
  readonly error: unknown
  readonly onRetry?: () => void
  /** What is missing because of it: "The list of sessions". */
  readonly subject?: string
}

/** What happened and what to do, in the place of what could not be shown; the rest of the page stays. */
export const ErrorState = ({ error, onRetry, subject }: Props) => {
  const { what, remedy } = wordError(error)
  return (
    <div className={styles.state} role="alert">
      <CircleAlert className="bad" aria-hidden="true" />
      <div>
        <p className="b">{subject ? `${subject}: ${what.toLowerCase()}` : what}</p>
        <p className="muted">{remedy}</p>
      </div>
      {onRetry && (
        <button type="button" className="btn" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}
