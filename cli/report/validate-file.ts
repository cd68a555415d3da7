import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parse } from 'csv-parse'
import { Manifest } from '../../schema/api/costs.ts'
import { decimalText, parseDecimal } from '../../schema/focus/decimal.ts'
import { FOCUS_VERSION } from '../../schema/focus/focus-1-2.ts'
import { type FocusFindings, type FocusIssue, type FocusRow, FocusValidator } from '../../schema/focus/validate.ts'

/** Checks a FOCUS dataset, ours or another's; true where it fulfils the specification and its manifest, if it has one. @throws Error: not readable as one */
export const validateFile = async (path: string, print: (line: string) => void): Promise<boolean> => {
  const findings = await findingsOf(path)
  for (const issue of findings.errors) print(`error    ${lineOf(issue)}`)
  for (const issue of findings.warnings) print(`warning  ${lineOf(issue)}`)
  const sums = Object.entries(findings.billedCost).map(([currency, sum]) => `${sum} ${currency}`)
  print(`${path}: ${findings.rows} rows, BilledCost ${sums.join(' + ') || '0'}`)
  const mismatch = await againstManifest(path, findings)
  for (const line of mismatch) print(`error    ${line}`)
  const good = findings.errors.length === 0 && mismatch.length === 0
  print(good ? `fulfils FOCUS ${FOCUS_VERSION}` : `does not fulfil FOCUS ${FOCUS_VERSION}`)
  return good
}

const findingsOf = async (path: string): Promise<FocusFindings> => {
  const rows = /\.csv$/i.test(path) ? csvRows(path) : /\.(jsonl|ndjson)$/i.test(path) ? jsonRows(path) : undefined
  if (!rows) throw new Error(`${path}: take a .csv or .jsonl file (recount report focus --format csv writes one).`)
  let validator: FocusValidator | undefined
  for await (const { columns, row } of rows) {
    validator ??= new FocusValidator(columns)
    if (row) validator.row(row)
  }
  if (!validator) throw new Error(`${path}: there is nothing in it.`)
  return validator.finish()
}

interface Line {
  readonly columns: readonly string[]
  /** Absent: only the columns are known. */
  readonly row?: FocusRow
}

/** An empty cell is null, a quoted empty one is an empty text, which FOCUS forbids. */
async function* csvRows(path: string): AsyncGenerator<Line> {
  const cells = createReadStream(path).pipe(
    parse({ bom: true, cast: (value, { quoting }) => (value === '' && !quoting ? null : value) }),
  )
  let columns: string[] | undefined
  for await (const values of cells as AsyncIterable<(string | null)[]>) {
    if (!columns) {
      columns = values.map((value) => value ?? '')
      yield { columns }
      continue
    }
    const names = columns
    yield { columns: names, row: Object.fromEntries(values.map((value, i) => [names[i]!, value])) }
  }
}

async function* jsonRows(path: string): AsyncGenerator<Line> {
  let columns: string[] | undefined
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    const row = Object.entries(JSON.parse(line) as Record<string, unknown>)
    columns ??= row.map(([name]) => name)
    yield {
      columns,
      row: Object.fromEntries(
        row.map(([name, value]) => [
          name,
          value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value),
        ]),
      ),
    }
  }
}

const againstManifest = async (path: string, { rows, billedCost }: FocusFindings): Promise<string[]> => {
  const file = `${path}.manifest.json`
  if (!existsSync(file)) return []
  const manifest = Manifest.parse(JSON.parse(await readFile(file, 'utf8')))
  const sum = billedCost.USD ?? '0'
  return [
    ...(manifest.rows === rows ? [] : [`its manifest says ${manifest.rows} rows`]),
    ...(decimalText(parseDecimal(manifest.sumUsd)!) === sum ? [] : [`its manifest says ${manifest.sumUsd} USD`]),
  ]
}

const lineOf = ({ column, requirement, row, value, times }: FocusIssue): string =>
  [
    `${column} ${requirement}`,
    row === null ? '' : `: row ${row}`,
    value === null ? '' : ` has ${JSON.stringify(value.slice(0, 80))}`,
    times > 1 ? `, and ${times - 1} more` : '',
  ].join('')
