import { PROVIDER_IDS } from '../../schema/dialects/providers.ts'
import { attoOf } from './amount.ts'
import { BillError, type ReadLine, WORD_CHARS_MAX } from './bill.ts'
import { readDay } from './days.ts'
import { classOfTokenType, lineItemOf } from './line-items.ts'

/** A bill as a table: what its columns may be called, the first that is there. Names are compared without case, spaces and underscores. */
const COLUMNS = {
  day: ['date', 'day', 'usage_date', 'start_time_iso', 'start_time', 'starting_at', 'charge_period_start'],
  provider: ['provider', 'vendor', 'provider_name', 'service_provider'],
  account: ['account', 'account_id', 'project_id', 'project', 'workspace_id', 'workspace', 'sub_account_id'],
  model: ['model', 'model_name', 'line_item', 'sku', 'description', 'item', 'charge_description'],
  amount: ['amount', 'amount_value', 'cost', 'cost_usd', 'amount_usd', 'billed_cost', 'total'],
  currency: ['currency', 'amount_currency', 'currency_code', 'billing_currency'],
  tier: ['service_tier', 'tier'],
  tokenType: ['token_type'],
} as const
type ColumnName = keyof typeof COLUMNS
export type Columns = Readonly<Partial<Record<ColumnName, string>>>

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Which of the given names stands for which column. @throws BillError without a date or an amount */
export const columnsOf = (names: readonly string[]): Columns => {
  const byName = new Map(names.map((name) => [plain(name), name]))
  const found: Partial<Record<ColumnName, string>> = {}
  for (const [column, aliases] of Object.entries(COLUMNS) as [ColumnName, readonly string[]][]) {
    const alias = aliases.find((alias) => byName.has(plain(alias)))
    if (alias !== undefined) found[column] = byName.get(plain(alias))!
  }
  for (const needed of ['day', 'amount'] as const)
    if (found[needed] === undefined)
      throw new BillError(
        `The table has no column for the ${needed === 'day' ? 'date' : 'amount'}: call it ${COLUMNS[needed].slice(0, 3).join(', ')} (found: ${names.slice(0, 12).join(', ').slice(0, 300) || 'nothing'}).`,
      )
  return found
}

/** One row. `provider` is what the request said; a column of the file goes before it. */
export const readRow = (
  row: Readonly<Record<string, unknown>>,
  columns: Columns,
  line: number,
  provider: string,
): ReadLine => {
  const at = (column: ColumnName): string => {
    const name = columns[column]
    const value = name === undefined ? undefined : row[name]
    return value === undefined || value === null ? '' : String(value).trim()
  }
  const bad = (reason: string): ReadLine => ({ bad: { line: `line ${line}`, reason } })
  const day = readDay(at('day'))
  if (day === undefined) return bad(`"${at('day').slice(0, 40)}" is no date: write 2026-10-31 (UTC)`)
  const who = providerId(at('provider') || provider)
  if (who === '') return bad('no provider: name it in a column or with provider=')
  // Exports of OpenAI's page have a line for every day, also for those that cost nothing.
  if (at('amount') === '' && at('model') === '' && at('account') === '') return { empty: { day, provider: who } }
  const atto = amount(at('amount'))
  if (typeof atto === 'string') return bad(atto)
  const words = at('model')
  for (const column of ['model', 'account', 'tier', 'currency', 'tokenType'] as const)
    if (at(column).length > WORD_CHARS_MAX) return bad(`the ${column} is longer than ${WORD_CHARS_MAX} characters`)
  const currency = (at('currency') || 'USD').toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) return bad(`"${currency.slice(0, 20)}" is no currency: write USD`)
  const found = lineItemOf(words)
  // One word that is no known line item is taken for a model: whoever wrote the table called the column so.
  const model = found.model || (found.lineClass === '' && /^[\w.:/@-]+$/.test(words) ? words : '')
  return {
    line: {
      day,
      provider: who,
      account: at('account'),
      model,
      tier: tier(at('tier')) || found.tier,
      lineClass: at('tokenType') === '' ? found.lineClass : classOfTokenType(at('tokenType')),
      item: model === '' ? words : '',
      atto,
      currency,
    },
  }
}

const amount = (text: string): bigint | string => {
  try {
    return attoOf(text) ?? `"${text.slice(0, 40)}" is no amount: write 1234.56, a credit as -1234.56`
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

const tier = (text: string): string => (/^(standard|default|auto)$/i.test(text) ? '' : text.toLowerCase())

/** What people and emitters call a provider → our id. */
export const providerId = (text: string): string => {
  const name = text.trim().toLowerCase()
  return PROVIDER_IDS[name] ?? name.slice(0, WORD_CHARS_MAX)
}
