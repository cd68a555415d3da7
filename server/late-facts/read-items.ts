import { parse } from 'csv-parse'
import type { z } from 'zod'
import type { Posted } from '../../schema/api/late-facts.ts'
import { badRequest } from '../problem.ts'

/** Items of one request: each keeps its place, so that a bad one can be named. */
export interface ReadItems<Item> {
  readonly items: readonly { readonly item: Item; readonly index: number; readonly line?: number }[]
  readonly rejected: Posted['rejected']
  /** The request is one JSON object: where that is bad, nothing is left of it. */
  readonly isOne: boolean
}

const ITEMS_MAX = 100_000
const REASON_CHARS_MAX = 300

/**
 * One JSON object, an array of them, or CSV (RFC 4180) whose first line names the columns. Bad ones are named and left out.
 * @throws HttpProblem 400 where nothing can be read
 */
export const readItems = async <Shape extends z.ZodType>(
  file: Uint8Array,
  shape: Shape,
  fromCells: (cells: ReadonlyMap<string, string>) => unknown,
): Promise<ReadItems<z.output<Shape>>> => {
  const text = decodeUtf8(file)
  const isJson = /^\s*[[{]/.test(text)
  const given = isJson ? jsonItems(text) : await csvItems(text, fromCells)
  if (given.length > ITEMS_MAX) throw badRequest(`${given.length} items; send ${ITEMS_MAX} at most in one request.`)
  const items: { item: z.output<Shape>; index: number; line?: number }[] = []
  const rejected: Posted['rejected'] = []
  given.forEach(({ value, line, broken }, index) => {
    const place = { index, ...(line === undefined ? {} : { line }) }
    const parsed = broken === undefined ? shape.safeParse(value) : undefined
    if (parsed?.success) items.push({ item: parsed.data, ...place })
    else
      rejected.push({
        ...place,
        reason: (parsed ? reasonOf(parsed.error) : (broken ?? '')).slice(0, REASON_CHARS_MAX),
      })
  })
  return { items, rejected, isOne: /^\s*\{/.test(text) }
}

interface Given {
  readonly value: unknown
  readonly line?: number
  /** Why the line is none. */
  readonly broken?: string
}

const decodeUtf8 = (file: Uint8Array): string => {
  try {
    // A byte order mark is taken off.
    return new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch {
    throw badRequest('the body is not UTF-8.')
  }
}

const jsonItems = (text: string): readonly Given[] => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw badRequest(`the body is not JSON: ${(error as Error).message}`)
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).map((value: unknown) => ({ value }))
}

/** Columns are known by their names in any order, `trace_id` or `traceId`; an empty cell says nothing. */
const csvItems = async (
  text: string,
  fromCells: (cells: ReadonlyMap<string, string>) => unknown,
): Promise<readonly Given[]> => {
  const given: Given[] = []
  let header: readonly string[] | undefined
  const parser = parse(text, {
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    info: true,
    max_record_size: 1_000_000,
    on_skip: (error) => {
      given.push({
        value: undefined,
        ...(typeof error?.lines === 'number' ? { line: error.lines } : {}),
        broken: `no line of CSV: ${error?.message ?? 'not understood'}`,
      })
      return undefined
    },
  }) as AsyncIterable<{ readonly record: readonly string[]; readonly info: { readonly lines: number } }>
  for await (const { record, info } of parser) {
    if (!header) {
      header = record.map(plainName)
      continue
    }
    if (record.length !== header.length) {
      given.push({
        value: undefined,
        line: info.lines,
        broken: `${record.length} cells where the header names ${header.length} columns`,
      })
      continue
    }
    const columns = header
    const cells = record.flatMap((cell, i) => (cell === '' ? [] : [[columns[i] ?? '', cell] as const]))
    given.push({ value: fromCells(new Map(cells)), line: info.lines })
  }
  if (!header) throw badRequest('the body is empty. Send JSON, or CSV with a header line.')
  return given
}

/** `Trace_ID`, `trace-id` and `traceId` are one column. */
const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')

const reasonOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
