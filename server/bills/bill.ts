/**
 * A provider's bill as it is kept: sums per UTC day, account, model, tier and class, in 10⁻⁹ USD. The file itself is not kept, its sha256 is.
 */
export const BILL_FORMATS = ['openai', 'anthropic', 'csv', 'jsonl'] as const
export type BillFormat = (typeof BILL_FORMATS)[number]

/** What a line is for: the kinds of token that have prices of their own, and '' where the bill does not say. */
export const LINE_CLASSES = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'other', ''] as const
export type LineClass = (typeof LINE_CLASSES)[number]

/** One line of a file, read: money in 10⁻¹⁸ of its currency, because bills have more than nine decimals. */
export interface BillLine {
  /** UTC date. */
  readonly day: string
  readonly provider: string
  readonly account: string
  /** '' where the line names none. */
  readonly model: string
  readonly tier: string
  readonly lineClass: LineClass
  /** The bill's own words where they name no model: web search, a credit. */
  readonly item: string
  readonly atto: bigint
  readonly currency: string
}

export interface BillRow {
  readonly day: string
  readonly account: string
  readonly model: string
  readonly tier: string
  readonly lineClass: LineClass
  readonly item: string
  readonly nanoUsd: bigint
}

/** One month of one provider. */
export interface ParsedBill {
  readonly provider: string
  readonly month: string
  /** UTC dates that the bill speaks of, the last one included; a day without a row was billed nothing. */
  readonly firstDay: string
  readonly lastDay: string
  readonly rows: readonly BillRow[]
  /** Lines of the file that went into it. */
  readonly lines: number
}

/** A line that was not understood, by its place in the file. */
export interface BadLine {
  readonly line: string
  readonly reason: string
}

/** What a reader of one format gives, line by line. */
export type ReadLine =
  | { readonly line: BillLine }
  | { readonly bad: BadLine }
  /** A day that the file speaks of without a line. */
  | { readonly empty: { readonly day: string; readonly provider: string } }

export const BILL_LINES_MAX = 1_000_000
/** Rows of one month of one provider once it is summed. */
export const BILL_ROWS_MAX = 100_000
/** One line of a bill: more is a mistake of units. */
export const LINE_UNITS_MAX = 1_000_000_000n
export const WORD_CHARS_MAX = 300

/** The file as a whole cannot be taken; the sentence says what to do. */
export class BillError extends Error {
  override readonly name = 'BillError'
}
