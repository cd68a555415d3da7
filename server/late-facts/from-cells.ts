/** A line of CSV as the object that JSON would say; names of columns are lower case without signs. Columns that mean nothing here are left out. */
export type Cells = ReadonlyMap<string, string>

export const outcomeOfCells = (cells: Cells): unknown => ({
  ...judgementOf(cells),
  ...texts(cells, { label: ['label', 'outcome'] }),
})

export const scoreOfCells = (cells: Cells): unknown => ({
  ...judgementOf(cells),
  ...texts(cells, { name: ['name', 'score'], label: ['label'], spanId: ['spanid'] }),
  ...numbers(cells, { value: ['value'] }),
})

export const chargeOfCells = (cells: Cells): unknown => ({
  ...texts(cells, {
    id: ['id'],
    component: ['component'],
    amountUsd: ['amountusd', 'amount'],
    at: ['at', 'time'],
    note: ['note'],
  }),
  ...numbers(cells, { minutes: ['minutes'] }),
  target: targetOf(cells),
})

const judgementOf = (cells: Cells) => ({
  target: targetOf(cells),
  ...texts(cells, {
    id: ['id'],
    source: ['source'],
    evaluator: ['evaluator'],
    version: ['version'],
    decidedAt: ['decidedat'],
    explanation: ['explanation'],
  }),
})

const targetOf = (cells: Cells): Record<string, string> =>
  texts(cells, { traceId: ['traceid'], sessionId: ['sessionid'], key: ['key', 'outcomekey'] })

type Names = Readonly<Record<string, readonly string[]>>

const texts = (cells: Cells, fields: Names): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, names]) => {
      const name = names.find((candidate) => cells.has(candidate))
      return name === undefined ? [] : [[field, cells.get(name) ?? '']]
    }),
  )

/** What is no number stays a text, so that its item is answered with the reason. */
const numbers = (cells: Cells, fields: Names): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(texts(cells, fields)).map(([field, text]) => [
      field,
      /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text,
    ]),
  )
