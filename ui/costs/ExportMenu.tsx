import { ChevronDown, Download } from 'lucide-react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import type { CostReport } from '../../schema/api/costs.ts'
import { PATHS } from '../../schema/api/paths.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { queryOf } from '../api/client.ts'
import { costQueryOf } from '../api/cost-queries.ts'
import overlay from '../components/overlay.module.css'
import styles from './costs.module.css'
import type { CostView } from './use-cost-scope.ts'

const FORMATS = [
  { id: 'csv', label: 'CSV', detail: 'spreadsheets' },
  { id: 'jsonl', label: 'JSON Lines', detail: 'programs' },
  { id: 'parquet', label: 'Parquet', detail: 'DuckDB, Spark' },
  { id: 'arrow', label: 'Arrow', detail: 'pandas, polars' },
  { id: 'focus', label: 'FOCUS 1.2', detail: 'FinOps tools' },
] as const

interface Props {
  readonly view: CostView
  readonly by: readonly DimensionName[]
  /** What is on the page: the file holds the same, whatever comes in meanwhile. */
  readonly report: CostReport | undefined
}

/** The whole report as a file, as it stands on the page; and its manifest: rows, sum, hash. */
export const ExportMenu = ({ view, by, report }: Props) => {
  const { interval } = view.search
  const moment = report && { from: report.from, to: report.to, as_of: report.asOf }
  const query = { ...costQueryOf({ by, interval, scope: view.scope }), ...moment }
  return (
    <MenuTrigger>
      <Button className="btn">
        <Download aria-hidden="true" />
        Export
        <ChevronDown className={overlay.caret} aria-hidden="true" />
      </Button>
      <Popover className={overlay.popover ?? ''} placement="bottom end" offset={4}>
        <Menu className={`${overlay.list} ${styles.menu}`} aria-label="Export">
          {FORMATS.map(({ id, label, detail }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={label}
              className={overlay.option ?? ''}
              href={PATHS.costs + queryOf({ ...query, format: id })}
              download
            >
              <span className="cut grow">{label}</span>
              <span className="faint">{detail}</span>
            </MenuItem>
          ))}
          <MenuItem
            id="manifest"
            textValue="Manifest of the CSV"
            className={overlay.option ?? ''}
            href={`${PATHS.costsManifest}${queryOf({ ...query, format: 'csv' })}`}
            target="_blank"
          >
            <span className="cut grow">Manifest of the CSV</span>
            <span className="faint">rows, sum, SHA-256</span>
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
