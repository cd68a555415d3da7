import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TrendingDown, TrendingUp } from 'lucide-react'
import type { Anomaly } from '../../schema/api/budgets.ts'
import { DIMENSION_NAMES } from '../../schema/model/dimension.ts'
import { anomaliesQuery } from '../api/cost-queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import page from '../pages/pages.module.css'
import { filterOf } from '../search/costs.ts'
import { formatUsd, plural } from '../util/format.ts'
import { formatMoment } from '../util/time-format.ts'
import { rangeOfMs } from '../util/time-range.ts'
import styles from './costs.module.css'
import { keyText } from './pivot.ts'
import type { CostView } from './use-cost-scope.ts'

const HOUR_MS = 3_600_000

/** Hours that cost unlike the same hours before, and who made the difference. */
export const Anomalies = ({ view }: { readonly view: CostView }) => {
  const anomalies = useQuery(anomaliesQuery(view.scope))
  const items = anomalies.data?.items
  return (
    <section aria-label="Unusual hours">
      <div className={page.heading}>
        <h2>Unusual hours</h2>
        <span className="muted num">{items ? plural(items.length, 'hour') : ''}</span>
      </div>
      {anomalies.isError && !items ? (
        <ErrorState error={anomalies.error} subject="Unusual hours" onRetry={() => void anomalies.refetch()} />
      ) : !items ? (
        <div className={styles.waiting} style={{ height: 120 }} role="status" aria-label="Loading">
          <span className="skeleton" style={{ width: '100%', height: '100%' }} />
        </div>
      ) : items.length === 0 ? (
        <p className={styles.note}>
          No hour of this time cost unlike the same hour of the same weekday before. A few weeks of history are needed
          to tell.
        </p>
      ) : (
        <div className={styles.scroll}>
          <table className={`${styles.plain} num`} aria-label="Unusual hours">
            <thead>
              <tr>
                <th scope="col">Hour, UTC</th>
                <th scope="col" className={styles.right}>
                  Cost
                </th>
                <th scope="col" className={styles.right}>
                  Usual
                </th>
                <th scope="col" className={styles.right}>
                  Robust z
                </th>
                <th scope="col">Who made the difference</th>
              </tr>
            </thead>
            <tbody>
              {items.map((anomaly) => (
                <AnomalyRow key={anomaly.time} anomaly={anomaly} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

const AnomalyRow = ({ anomaly }: { readonly anomaly: Anomaly }) => {
  const from = Date.parse(anomaly.time)
  const hour = { ...rangeOfMs(from, from + HOUR_MS), interval: 'hour' as const }
  const Icon = anomaly.direction === 'up' ? TrendingUp : TrendingDown
  return (
    <tr>
      <th scope="row">
        <Link to="/costs" search={hour} className="link">
          {formatMoment(from, 'UTC')}
        </Link>
      </th>
      <td className={styles.right}>{formatUsd(anomaly.costUsd)}</td>
      <td className={`${styles.right} muted`}>{formatUsd(anomaly.expectedUsd)}</td>
      <td className={styles.right}>
        <Icon className={anomaly.direction === 'up' ? 'i bad' : 'i'} aria-label={anomaly.direction} />{' '}
        {anomaly.z.toFixed(1)}
      </td>
      <td>
        <ul className={styles.dots}>
          {anomaly.contributors.map(({ key, deltaUsd }) => (
            <li key={JSON.stringify(key)}>
              <Link to="/costs" search={{ ...hour, ...filtersOf(key) }} className="link">
                {Object.values(key).map(keyText).join(', ')}
              </Link>{' '}
              <span className="muted">
                {deltaUsd.startsWith('-') ? '' : '+'}
                {formatUsd(deltaUsd)}
              </span>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  )
}

const filtersOf = (key: Anomaly['contributors'][number]['key']) =>
  Object.fromEntries(
    Object.entries(key).flatMap(([name, value]) => {
      const dimension = DIMENSION_NAMES.find((known) => known === name)
      return dimension ? [[filterOf(dimension), [keyText(value)]]] : []
    }),
  )
