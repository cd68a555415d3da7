import { z } from 'zod'
import { CostMoment } from './cost-queries.ts'
import { type Endpoint, Format, list, many, Paging } from './endpoint.ts'
import { PATHS } from './paths.ts'
import {
  Adjustment,
  BillImport,
  ClosedCost,
  CloseRequest,
  MonthClose,
  month,
  Reconciliation,
} from './reconciliation.ts'

const ofMonth = z.object({ month })
const Pages = z.object({ ...Paging.shape, ...Format.shape })
export const BILL_BYTES_MAX = 64 * 1024 ** 2

/** Bills of providers, months that are closed; part of COST_CONTRACT. */
export const RECONCILIATION_CONTRACT = {
  reconciliations: {
    method: 'get',
    path: PATHS.reconciliations,
    summary: 'A month of bills beside what was traced of it, with the causes of every difference',
    query: z.object({ ...Pages.shape, ...CostMoment.shape, month }),
    response: Reconciliation,
  },
  importBill: {
    method: 'post',
    path: PATHS.importBill,
    summary: 'Imports a cost file of a provider; the same file again changes nothing',
    scope: 'admin',
    file: {
      bytesMax: BILL_BYTES_MAX,
      // What browsers call a CSV on a machine with a spreadsheet is its maker's type.
      types: [
        'application/json',
        'application/x-ndjson',
        'text/csv',
        'application/vnd.ms-excel',
        'application/octet-stream',
      ],
    },
    query: z.object({
      format: z
        .enum(['openai', 'anthropic', 'csv', 'jsonl'])
        .optional()
        .describe(
          'openai: pages of organization/costs; anthropic: pages of cost_report; told from the file where absent',
        ),
      provider: z.string().min(1).max(100).optional().describe('of a table that has no column for it'),
      partial: z
        .enum(['true', 'false'])
        .default('false')
        .describe('true: leave out lines that are not understood. Otherwise one of them refuses the file'),
      overlap: z
        .enum(['refuse', 'replace', 'add'])
        .default('refuse')
        .describe(
          'days and accounts that another file of the provider has already: the new ones replace them, or come on top',
        ),
      rate: many.optional().describe('EUR:1.0823, what one unit of a currency was in US dollars; may be repeated'),
    }),
    response: BillImport,
  },
  closes: {
    method: 'get',
    path: PATHS.closes,
    summary: 'Closed months, the newest first',
    query: Format,
    response: list(MonthClose),
  },
  closeMonth: {
    method: 'post',
    path: PATHS.closeMonth,
    summary: 'Closes a month at the present moment of the ledger, or opens it again',
    scope: 'admin',
    body: CloseRequest,
    response: z.object({ state: z.enum(['closed', 'open']), close: MonthClose.nullable() }),
  },
  close: {
    method: 'get',
    path: PATHS.close,
    summary: 'A closed month: what it said, and what came later; its frozen rows with format=csv',
    params: ofMonth,
    query: Format,
    response: MonthClose,
  },
  closeRows: {
    method: 'get',
    path: PATHS.closeRows,
    summary: 'The frozen rows of a closed month',
    params: ofMonth,
    query: Pages,
    response: list(ClosedCost),
  },
  closeAdjustments: {
    method: 'get',
    path: PATHS.closeAdjustments,
    summary: 'What came to a closed month after its close, the largest first',
    params: ofMonth,
    query: Pages,
    response: list(Adjustment),
  },
} as const satisfies Record<string, Endpoint>
