import { useQuery } from '@tanstack/react-query'
import { Table2 } from 'lucide-react'
import type { Forecast } from '../../schema/api/budgets.ts'
import { forecastQuery } from '../api/cost-queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import stepChart from '../components/StepChart.module.css'
import { useElementWidth } from '../components/use-element-size.ts'
import page from '../pages/pages.module.css'
import { formatUsd, plural } from '../util/format.ts'
import { formatDay } from '../util/time-format.ts'
import styles from './costs.module.css'
import type { CostView } from './use-cost-scope.ts'

/** Where the period will end, by what was spent so far and on such weekdays before. */
export const ForecastSection = ({ view }: { readonly view: CostView }) => {
  const { from: _from, to: _to, ...scope } = view.scope
  const forecast = useQuery(forecastQuery(scope))
  const { data } = forecast
  const asTable = view.search.view === 'table'
  return (
    <section aria-label="Forecast">
      <div className={page.heading}>
        <h2>Forecast of this month</h2>
        {data && (
          <span className="muted num">
            {formatUsd(data.spentUsd)} so far
            {data.forecastUsd !== null && (
              <>
                {' · '}
                {formatUsd(data.forecastUsd)} at its end
                {data.p10Usd !== null &&
                  data.p90Usd !== null &&
                  ` (P10–P90 ${formatUsd(data.p10Usd)}–${formatUsd(data.p90Usd)})`}
              </>
            )}
          </span>
        )}
        <span className="grow" />
        <button
          type="button"
          className="btn"
          aria-pressed={asTable}
          onClick={() => view.change({ view: asTable ? undefined : 'table' })}
        >
          <Table2 aria-hidden="true" />
          As a table
        </button>
      </div>
      {forecast.isError && !data ? (
        <ErrorState error={forecast.error} subject="The forecast" onRetry={() => void forecast.refetch()} />
      ) : data ? (
        <>
          {data.forecastUsd === null && (
            <p className={styles.note}>
              A forecast needs 7 days of history; there {data.historyDays === 1 ? 'is' : 'are'}{' '}
              {plural(data.historyDays, 'day')} so far.
            </p>
          )}
          {asTable ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            <section className={stepChart.table} aria-label="Forecast, as figures" tabIndex={0}>
              <ForecastTable forecast={data} />
            </section>
          ) : (
            <ForecastChart forecast={data} />
          )}
          <p className={styles.note}>Method: {data.method}. Days are UTC; the band holds 80 of 100 outcomes.</p>
        </>
      ) : (
        <div className={styles.waiting} role="status" aria-label="Loading">
          <span className="skeleton" style={{ width: '100%', height: '100%' }} />
        </div>
      )}
    </section>
  )
}

const HEIGHT = 150
const FLOOR = HEIGHT - 1

/** Days that were as bars, days to come as a line within its P10–P90 band. */
const ForecastChart = ({ forecast }: { readonly forecast: Forecast }) => {
  const [box, width] = useElementWidth<HTMLDivElement>()
  const { points } = forecast
  const top = Math.max(...points.flatMap((p) => [p.actualUsd, p.p90Usd, p.forecastUsd].map((v) => Number(v ?? 0)))) || 1
  const step = width / Math.max(1, points.length)
  const y = (usd: string | null) => FLOOR - (Number(usd ?? 0) / top) * (FLOOR - 16)
  const x = (i: number) => (i + 0.5) * step
  const ahead = points.flatMap((point, i) => (point.forecastUsd === null ? [] : [{ point, i }]))
  const line = (of: (p: (typeof points)[number]) => string | null) =>
    ahead.map(({ point, i }) => `${x(i).toFixed(1)} ${y(of(point)).toFixed(1)}`)
  const band =
    ahead.length > 1 ? `M${[...line((p) => p.p90Usd), ...line((p) => p.p10Usd).toReversed()].join('L')}Z` : ''
  return (
    <figure className={styles.figure} aria-label="Cost by day, with the forecast">
      <div ref={box}>
        <svg width={width} height={HEIGHT} aria-hidden="true" style={{ display: 'block' }}>
          {points.map(
            (point, i) =>
              point.actualUsd !== null && (
                <rect
                  key={point.time}
                  x={i * step + 1}
                  width={Math.max(1, step - 2)}
                  y={y(point.actualUsd)}
                  height={FLOOR - y(point.actualUsd)}
                  fill="var(--bar)"
                />
              ),
          )}
          {band && <path d={band} fill="var(--accent-soft)" />}
          {ahead.length > 1 && (
            <path
              d={`M${line((p) => p.forecastUsd).join('L')}`}
              fill="none"
              stroke="var(--accent)"
              strokeWidth="2"
              strokeDasharray="5 4"
            />
          )}
          {ahead.map(({ point, i }) => (
            <circle key={point.time} cx={x(i)} cy={y(point.forecastUsd)} r="2.5" fill="var(--accent)" />
          ))}
          <line x1="0" x2={width} y1={FLOOR} y2={FLOOR} stroke="var(--line)" />
          <text x="0" y="10" fontSize="11" fill="var(--faint)">
            {formatUsd(top)}
          </text>
        </svg>
      </div>
      <div className={`${styles.axis} num`} aria-hidden="true">
        <span>{points[0] && formatDay(Date.parse(points[0].time), 'UTC')}</span>
        <span>{points.at(-1) && formatDay(Date.parse(points.at(-1)!.time), 'UTC')}</span>
      </div>
      <div className="sr">
        <ForecastTable forecast={forecast} />
      </div>
    </figure>
  )
}

const ForecastTable = ({ forecast }: { readonly forecast: Forecast }) => {
  const money = (usd: string | null) => (usd === null ? '–' : formatUsd(usd))
  return (
    <table>
      <caption className="sr">Cost by day, with the forecast</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Spent</th>
          <th scope="col">Forecast</th>
          <th scope="col">P10</th>
          <th scope="col">P90</th>
        </tr>
      </thead>
      <tbody>
        {forecast.points.map((point) => (
          <tr key={point.time}>
            <th scope="row">{formatDay(Date.parse(point.time), 'UTC')}</th>
            <td>{money(point.actualUsd)}</td>
            <td>{money(point.forecastUsd)}</td>
            <td>{money(point.p10Usd)}</td>
            <td>{money(point.p90Usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
