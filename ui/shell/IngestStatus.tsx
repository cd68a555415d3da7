import { useQuery } from '@tanstack/react-query'
import type { Status } from '../../schema/api/shapes.ts'
import { statusQuery } from '../api/queries.ts'
import { formatBytes, formatDuration } from '../util/format.ts'
import styles from './Shell.module.css'

const WORDS = {
  ok: { text: 'ingest ok', tone: 'good' },
  behind: { text: 'ingest behind', tone: 'amber' },
  down: { text: 'ingest down', tone: 'bad' },
} as const

/** The foot of the navigation: is telemetry coming in, and how old is what the pages show. */
export const IngestStatus = () => {
  const { data, isError } = useQuery(statusQuery())
  const word = isError
    ? { text: 'no answer', tone: 'bad' }
    : data
      ? WORDS[data.state]
      : { text: 'connecting', tone: 'faint' }
  return (
    <div className={`${styles.foot} num`} role="status" aria-label="Ingest" title={data ? detailOf(data) : undefined}>
      <i className={`${styles.dot} ${word.tone}`} aria-hidden="true" />
      <span>{word.text}</span>
      <br />
      <span>{data && !isError ? `${rateOf(data.spansPerSecond)} spans/s · lag ${lagOf(data.lagMs)}` : '\u00a0'}</span>
    </div>
  )
}

const rateOf = (perSecond: number) =>
  perSecond < 10 && perSecond > 0 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en-US')
const lagOf = (ms: number) => (ms < 9_950 ? `${(ms / 1000).toFixed(1)}\u00a0s` : formatDuration(ms))
const detailOf = (status: Status) =>
  [status.detail, `Recount ${status.version}`, `${status.engine} engine`, `spool ${formatBytes(status.spoolBytes)}`]
    .filter(Boolean)
    .join(' · ')
