import { attoOf } from '../bills/amount.ts'
import { BillError } from '../bills/bill.ts'
import { importBill } from '../bills/store.ts'
import { allCloses, closeAdjustments, closedRows, closeMonth, oneClose, reopenMonth } from '../closes/closes.ts'
import { badRequest } from '../problem.ts'
import { reconciliation } from '../reconcile/reconciliation.ts'
import type { Handlers } from '../server-deps.ts'

export const reconciliationRoutes = {
  reconciliations: ({ database, projectId, query: { month, as_of, limit, cursor }, nowMs }) =>
    reconciliation(database, { projectId, month, asOf: as_of, limit, cursor }, nowMs),

  importBill: async ({ database, projectId, actor, file, query: { format, provider, partial, overlap, rate } }) => {
    const rates = ratesOf(rate ?? [])
    try {
      return await importBill(database, { projectId, actor }, file, {
        format,
        provider,
        partial: partial === 'true',
        overlap,
        rates: new Map(rates.map(([currency, , atto]) => [currency, atto])),
        rateTexts: Object.fromEntries(rates),
      })
    } catch (error) {
      if (error instanceof BillError) throw badRequest(error.message)
      throw error
    }
  },

  closes: async ({ database, projectId }) => ({ items: await allCloses(database, projectId), next: null }),

  closeMonth: async ({ database, projectId, actor, body: { action, month, note, force }, nowMs }) => {
    if (action === 'close')
      return {
        state: 'closed' as const,
        close: await closeMonth(database, { projectId, actor }, { month, note, force }, nowMs),
      }
    await reopenMonth(database, { projectId, actor }, { month, note })
    return { state: 'open' as const, close: null }
  },

  close: ({ database, projectId, params: { month } }) => oneClose(database, projectId, month),

  closeRows: ({ database, projectId, params: { month }, query }) => closedRows(database, projectId, month, query),

  closeAdjustments: ({ database, projectId, params: { month }, query }) =>
    closeAdjustments(database, projectId, month, query),
} satisfies Partial<Handlers>

/** `EUR:1.0823`. @throws HttpProblem 400 */
const ratesOf = (texts: readonly string[]): (readonly [string, string, bigint])[] =>
  texts.map((text) => {
    const [, currency = '', rate = ''] = /^([A-Za-z]{3})[:=](\d{1,9}(?:\.\d{1,18})?)$/.exec(text) ?? []
    const atto = attoOf(rate)
    if (atto === undefined || atto === 0n)
      throw badRequest(`rate=${text.slice(0, 40)} is not understood: write rate=EUR:1.0823, US dollars for one euro.`)
    return [currency.toUpperCase(), rate, atto]
  })
