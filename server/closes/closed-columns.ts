import type { Adjustment, ClosedCost } from '../../schema/api/reconciliation.ts'
import { CLOSE_DIMENSIONS } from '../../schema/model/dimension.ts'
import { type CsvColumn, csvLine } from '../answers/csv.ts'

/** A closed month as CSV: its sha256 is of these bytes, so neither the columns nor their order may ever change. */
const NAMES: readonly (keyof ClosedCost & string)[] = [
  'day',
  ...CLOSE_DIMENSIONS,
  'calls',
  'inputTokens',
  'outputTokens',
  'costUsd',
]
export const CLOSED_COLUMNS: readonly CsvColumn<ClosedCost>[] = NAMES.map((name) => ({
  name,
  cell: (row) => row[name] as string | number | null,
}))

export const CLOSED_HEADER = csvLine(NAMES)
export const closedLine = (row: ClosedCost): string => csvLine(CLOSED_COLUMNS.map((column) => column.cell(row)))

const KEYS = ['day', ...CLOSE_DIMENSIONS] as const
export const ADJUSTMENT_COLUMNS: readonly CsvColumn<Adjustment>[] = [
  ...KEYS.map((name): CsvColumn<Adjustment> => ({ name, cell: ({ key }) => key[name] })),
  ...(['closedUsd', 'nowUsd', 'adjustmentUsd'] as const).map((name) => ({
    name,
    cell: (row: Adjustment) => row[name],
  })),
]
