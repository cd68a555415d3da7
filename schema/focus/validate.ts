import { type Decimal, decimalText, matches, parseDecimal, plus, product } from './decimal.ts'
import {
  FOCUS_COLUMNS,
  FOCUS_PERIODS,
  FOCUS_PRODUCTS,
  FOCUS_RULES,
  type FocusColumn,
  type FocusRule,
  SERVICE_SUBCATEGORIES,
} from './focus-1-2.ts'

/** A row of a FOCUS dataset: column → text, null where it has no value. */
export type FocusRow = Readonly<Record<string, string | null>>

/** One requirement that is not met, and where it was seen first. */
export interface FocusIssue {
  readonly column: string
  readonly requirement: string
  /** 1 is the first row; null: the whole dataset. */
  readonly row: number | null
  readonly value: string | null
  readonly times: number
}

export interface FocusFindings {
  readonly rows: number
  /** MUST. */
  readonly errors: readonly FocusIssue[]
  /** SHOULD and RECOMMENDED. */
  readonly warnings: readonly FocusIssue[]
  /** Exact sums by billing currency. */
  readonly billedCost: Readonly<Record<string, string>>
}

/** Checks a dataset against FOCUS 1.2 as it is read: what the specification asks of columns, of values, and of columns together (focus-1-2.ts). */
export class FocusValidator {
  readonly #columns: ReadonlySet<string>
  readonly #known: readonly FocusColumn[]
  readonly #issues = { error: new Map<string, FocusIssue>(), warning: new Map<string, FocusIssue>() }
  readonly #billed = new Map<string, Decimal>()
  readonly #categoryOf = new Map<string, string>()
  #rows = 0

  constructor(columns: readonly string[]) {
    this.#columns = new Set(columns)
    this.#known = FOCUS_COLUMNS.filter(({ id }) => this.#columns.has(id))
    this.#header(columns)
  }

  row(row: FocusRow): void {
    this.#rows++
    for (const column of this.#known) this.#value(column, row[column.id] ?? null)
    for (const rule of FOCUS_RULES) if (this.#columns.has(rule.column)) this.#rule(rule, row)
    this.#periods(row)
    this.#products(row)
    this.#service(row)
    if (row.ChargeFrequency === 'Usage-Based' && row.ChargeCategory === 'Purchase')
      this.#found(
        'error',
        'ChargeFrequency',
        'MUST NOT be "Usage-Based" when ChargeCategory is "Purchase"',
        'Usage-Based',
      )
    const billed = parseDecimal(row.BilledCost ?? '')
    const currency = row.BillingCurrency ?? ''
    if (billed) this.#billed.set(currency, plus(this.#billed.get(currency) ?? { value: 0n, decimals: 0 }, billed))
  }

  finish(): FocusFindings {
    return {
      rows: this.#rows,
      errors: [...this.#issues.error.values()],
      warnings: [...this.#issues.warning.values()],
      billedCost: Object.fromEntries([...this.#billed].map(([currency, sum]) => [currency, decimalText(sum)])),
    }
  }

  #header(columns: readonly string[]): void {
    for (const { id, level } of FOCUS_COLUMNS)
      if (!this.#columns.has(id)) {
        if (level === 'Mandatory') this.#found('error', id, 'MUST be present in a FOCUS dataset', null)
        if (level === 'Recommended') this.#found('warning', id, 'is RECOMMENDED to be present', null)
      }
    let custom = false
    for (const [i, name] of columns.entries()) {
      if (columns.indexOf(name) !== i) this.#found('error', name, 'stands twice', null)
      const isFocus = FOCUS_COLUMNS.some(({ id }) => id === name)
      if (!isFocus && !name.startsWith('x_'))
        this.#found('error', name, 'custom columns MUST be prefixed with x_', null)
      if (isFocus && custom) this.#found('warning', name, 'FOCUS columns SHOULD be before custom columns', null)
      custom ||= !isFocus
    }
  }

  #value(column: FocusColumn, value: string | null): void {
    if (value === null) {
      if (!column.nulls) this.#found('error', column.id, 'MUST NOT be null', null)
      return
    }
    const wrong = wrongValue(column, value)
    if (wrong) this.#found('error', column.id, wrong, value)
    if (column.format === 'unit' && !UNIT.test(value))
      this.#found('warning', column.id, 'SHOULD conform to UnitFormat', value)
  }

  #rule({ column, must, when }: FocusRule, row: FocusRow): void {
    const holds = Object.entries(when).every(([name, { is, isNot }]) => {
      const value = row[name] ?? null
      return (is?.includes(value) ?? true) && !isNot?.includes(value)
    })
    if (!holds || ((row[column] ?? null) === null) === (must === 'be null')) return
    this.#found(
      'error',
      column,
      `MUST ${must === 'be null' ? 'be null' : 'NOT be null'} ${whenText(when)}`,
      row[column] ?? null,
    )
  }

  #periods(row: FocusRow): void {
    for (const { start, end } of FOCUS_PERIODS) {
      const [from, to] = [Date.parse(row[start] ?? ''), Date.parse(row[end] ?? '')]
      if (from >= to)
        this.#found('error', end, `MUST be the exclusive end bound: later than ${start}`, row[end] ?? null)
    }
  }

  #products(row: FocusRow): void {
    if (row.ChargeClass === 'Correction') return
    for (const { price, quantity, cost } of FOCUS_PRODUCTS) {
      const [a, b, c] = [price, quantity, cost].map((name) => parseDecimal(row[name] ?? ''))
      if (a && b && c && !matches(product(a, b), c))
        this.#found('error', cost, `MUST match the product of ${price} and ${quantity}`, row[cost] ?? null)
    }
  }

  #service({ ServiceName: name, ServiceCategory: category, ServiceSubcategory: sub }: FocusRow): void {
    if (category && sub && SERVICE_SUBCATEGORIES[category] && !SERVICE_SUBCATEGORIES[category].includes(sub))
      this.#found('error', 'ServiceSubcategory', 'MUST have its parent ServiceCategory', sub)
    if (!name || !category) return
    const before = this.#categoryOf.get(name)
    if (before === undefined) this.#categoryOf.set(name, category)
    else if (before !== category)
      this.#found('error', 'ServiceName', 'MUST have one and only one ServiceCategory', name)
  }

  #found(kind: 'error' | 'warning', column: string, requirement: string, value: string | null): void {
    const key = `${column}\0${requirement}`
    const before = this.#issues[kind].get(key)
    this.#issues[kind].set(
      key,
      before
        ? { ...before, times: before.times + 1 }
        : { column, requirement, row: this.#rows === 0 ? null : this.#rows, value, times: 1 },
    )
  }
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
/** `<plural-units>`, `<quantity> <plural-units>`, `<units>/<time>`, `<unit>-<plural-time-units>` ("UnitFormat"). */
const UNIT = /^(?:\d+ )?[A-Z][A-Za-z]*(?:[ -][A-Z][A-Za-z]*)*(?:\/(?:\d+ )?(?:Year|Month|Day|Hour|Minute|Second)s?)?$/
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** What is wrong with a value by itself; undefined where nothing is. */
const wrongValue = ({ id, type, format, allowed, nonNegative }: FocusColumn, value: string): string | undefined => {
  if (value.trim() === '') return 'MUST use NULL, not an empty string, where there is no value'
  if (allowed && !allowed.includes(value)) return 'MUST be one of the allowed values'
  if (type === 'Decimal') {
    const number = parseDecimal(value)
    if (!number) return 'MUST conform to NumericFormat'
    if (nonNegative && number.value < 0n) return 'MUST be a non-negative decimal value'
  }
  if (type === 'Date/Time' && !(DATE_TIME.test(value) && new Date(value).toISOString().startsWith(value.slice(0, 19))))
    return 'MUST conform to DateTimeFormat (YYYY-MM-DDTHH:mm:ssZ, UTC)'
  if (format === 'currency' && id === 'BillingCurrency' && !CURRENCIES.has(value))
    return 'MUST be a national currency, a three-letter code of ISO 4217'
  if (type === 'JSON' && !isKeyValue(value)) return 'MUST conform to KeyValueFormat'
  return undefined
}

const isKeyValue = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one))
    )
  } catch {
    return false
  }
}

const whenText = (when: FocusRule['when']): string =>
  `when ${Object.entries(when)
    .map(([name, { is, isNot }]) =>
      is ? `${name} is ${is.map(String).join(' or ')}` : `${name} is not ${isNot!.map(String).join(' or ')}`,
    )
    .join(' and ')}`
