import { columnWriter } from './native-columns.ts'
import { RowBinaryWriter } from './row-binary-writer.ts'
import type { Table } from './tables.ts'

/**
 * ClickHouse's Native format: a block of columns, each value after value (https://clickhouse.com/docs/interfaces/formats/Native). The engine reads it
 * with a fifteenth of the CPU of RowBinary, and it is less to write: a column of few different values is a dictionary and one byte per row, and a column
 * that holds nothing but its type's default is left out, which the engine fills in.
 *
 * Rows → one block in a buffer of its own. A row with a value that its column cannot hold is left out and not counted in `rows`; it takes no other
 * with it. The encoder keeps its room between blocks.
 */
export type BlockEncoder<Row> = (rows: readonly Row[]) => Block

export interface Block {
  readonly rows: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Columns as they stand in a block: maps and lists last, so that whoever reads few others need not walk over them. */
export const blockOrder = <Column extends { readonly type: string }>(table: {
  readonly columns: readonly Column[]
}): readonly Column[] => [...table.columns].sort((a, b) => Number(isHeavy(a.type)) - Number(isHeavy(b.type)))

export const blockEncoder = <Row>(table: Table<Row>): BlockEncoder<Row> => {
  const columns = blockOrder(table).map(({ name, type, value }) => ({ name, type, value, writer: columnWriter(type) }))
  const out = new RowBinaryWriter(1024 * 1024)
  // Written out as one function for the same reason as `rowEncoder`: each call has one target.
  const add = new Function(
    ...columns.flatMap((_, i) => [`w${i}`, `v${i}`]),
    `return (row) => {\n${columns.map((_, i) => `w${i}.add(v${i}(row))`).join('\n')}\n}`,
  )(...columns.flatMap(({ writer, value }) => [writer, value])) as (row: Row) => void
  const reset = (): void => {
    for (const { writer } of columns) writer.reset()
  }
  const fits = (row: Row): boolean => {
    try {
      add(row)
      return true
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return false
    } finally {
      reset()
    }
  }
  const take = (rows: number): Block => {
    const said = columns.filter(({ writer }) => !writer.isDefault)
    out.varint(said.length)
    out.varint(rows)
    for (const { name, type, writer } of said) {
      out.string(name)
      out.string(type)
      writer.writePrefix(out)
      writer.write(out)
    }
    reset()
    return { rows, bytes: out.take() }
  }
  return (rows) => {
    try {
      for (const row of rows) add(row)
      return take(rows.length)
    } catch (error) {
      reset()
      if (!(error instanceof RangeError)) throw error
    }
    const fitting = rows.filter(fits)
    for (const row of fitting) add(row)
    return take(fitting.length)
  }
}

const isHeavy = (type: string): boolean => type.startsWith('Map(') || type.startsWith('Array(')
