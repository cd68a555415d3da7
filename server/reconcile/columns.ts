import { type ReconciliationItem, VARIANCE_CAUSES } from '../../schema/api/reconciliation.ts'
import type { CsvColumn } from '../answers/csv.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'

const NAMES = [
  'day',
  'provider',
  'account',
  'model',
  'tracedUsd',
  'billedUsd',
  'varianceUsd',
  'varianceShare',
  'tracedCalls',
] as const

/** A column per cause: traced and all of them add up to billed, line by line. */
export const RECONCILIATION_COLUMNS: readonly CsvColumn<ReconciliationItem>[] = [
  ...NAMES.map((name): CsvColumn<ReconciliationItem> => ({ name, cell: (item) => item[name] })),
  ...VARIANCE_CAUSES.map(
    (cause): CsvColumn<ReconciliationItem> => ({
      name: cause,
      cell: ({ causes }) =>
        usdOf(causes.filter((one) => one.cause === cause).reduce((sum, { usd }) => sum + nanoUsdOf(usd), 0n)),
    }),
  ),
  { name: 'details', cell: ({ causes }) => causes.map(({ cause, detail }) => `${cause}: ${detail}`) },
]
