import { Command } from 'commander'
import { PATHS } from '../../schema/api/paths.ts'
import type { MonthClose } from '../../schema/api/reconciliation.ts'
import { type ApiFlags, askApi, withApi } from './ask-api.ts'
import { orExplain } from './options.ts'

interface Flags extends ApiFlags {
  readonly note: string
  readonly force?: boolean
  readonly reopen?: boolean
}

/** Closes a month, or opens it again. Exit 1: the server would not, and says why. */
export const closeCommand = (): Command =>
  withApi(new Command('close'))
    .argument('<month>', '2026-10')
    .option('--note <text>', 'why, for the audit log', '')
    .option('--force', 'although the ledger still settles')
    .option('--reopen', 'open it again; needs a note')
    .action((month: string, flags: Flags) => orExplain(close(month, flags)))

const close = async (month: string, flags: Flags): Promise<void> => {
  const body = JSON.stringify({
    month,
    action: flags.reopen ? 'reopen' : 'close',
    note: flags.note,
    force: flags.force ?? false,
  })
  const text = await askApi(flags, PATHS.closeMonth, { type: 'application/json', body })
  const { close: closed } = JSON.parse(text) as { readonly close: MonthClose | null }
  console.log(
    closed === null
      ? `${month} is open again.`
      : `${month} is closed as of ${closed.asOf}: $${closed.costUsd} in ${closed.rows} rows, sha256 ${closed.sha256}`,
  )
}
