import type { Reconciliation } from '../../schema/api/reconciliation.ts'
import page from '../pages/pages.module.css'
import { formatCount, formatUsd, plural } from '../util/format.ts'
import { formatMoment } from '../util/time-format.ts'
import styles from './costs.module.css'

/** What was uploaded, so that anybody can check it against the file. */
export const Bills = ({ bills }: { readonly bills: Reconciliation['bills'] }) => (
  <section aria-label="Bills">
    <div className={page.heading}>
      <h2>Bills</h2>
      <span className="muted num">{plural(bills.length, 'bill')}</span>
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
    <section className={styles.scroll} aria-label="Uploaded bills" tabIndex={0}>
      <table className={`${styles.plain} num`}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Provider</th>
            <th scope="col">Format</th>
            <th scope="col" className={styles.right}>
              Rows
            </th>
            <th scope="col" className={styles.right}>
              Billed
            </th>
            <th scope="col">Imported</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {bills.map((bill) => (
            <tr key={`${bill.name} ${bill.sha256}`}>
              <th scope="row" style={{ overflowWrap: 'anywhere' }}>
                {bill.name}
              </th>
              <td>{bill.provider}</td>
              <td>
                {bill.format}
                <div className="muted small">
                  {bill.firstDay} to {bill.lastDay}
                  {Object.entries(bill.rates).map(([currency, rate]) => ` · ${currency} at ${rate}`)}
                  {bill.skippedLines > 0 && ` · ${plural(bill.skippedLines, 'line')} left out`}
                </div>
              </td>
              <td className={styles.right}>{formatCount(bill.rows)}</td>
              <td className={styles.right}>{formatUsd(bill.billedUsd)}</td>
              <td className="muted">
                {formatMoment(Date.parse(bill.importedAt), 'UTC')} by {bill.actor}
              </td>
              <td className="mono faint" title={bill.sha256}>
                {bill.sha256.slice(0, 12)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </section>
)
