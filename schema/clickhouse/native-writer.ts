import { columnWriter } from './native-columns.ts'
import { ArrayColumn, type ColumnWriter } from './native-nested.ts'
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

/** Rows that become one block, taken in one by one, so that nobody need keep them all. */
export interface BlockBuilder<Row> {
  readonly rows: number
  /** @throws RangeError where a column cannot hold its value: what was collected is worth nothing then, and is to be `reset`. */
  readonly add: (row: Row) => void
  /** A row as values in the order of the table's columns, as one that was read has it. @throws RangeError likewise */
  readonly addValues: (values: readonly unknown[]) => void
  /** The block of all rows since the last time; the builder keeps its room. */
  readonly take: () => Block
  readonly reset: () => void
}

export const blockBuilder = <Row>(table: Table<Row>): BlockBuilder<Row> => {
  const columns = blockOrder(table).map((column) => ({ ...column, writer: columnWriter(column.type) }))
  const inTable = columns.map(({ name }) => table.columns.findIndex((column) => column.name === name))
  const out = new RowBinaryWriter(1024 * 1024)
  const put = rowWriter<Row>(columns)
  let rows = 0
  const reset = (): void => {
    rows = 0
    for (const { writer } of columns) writer.reset()
  }
  return {
    get rows() {
      return rows
    },
    add: (row) => {
      put(row)
      rows++
    },
    addValues: (values) => {
      columns.forEach(({ writer }, i) => {
        writer.add(values[inTable[i]!])
      })
      rows++
    },
    take: () => {
      const said = columns.filter(({ writer }) => !writer.isDefault)
      out.varint(said.length)
      out.varint(rows)
      for (const { name, type, writer } of said) {
        out.string(name)
        out.string(type)
        writer.writePrefix(out)
        writer.write(out)
      }
      const block = { rows, bytes: out.take() }
      reset()
      return block
    },
    reset,
  }
}

/**
 * Every value of a row to its column. Written out as one function for the same reason as `rowEncoder`: each call has one target. Lists of parts (`calls.cost`)
 * go in part by part: a list for each of thirty columns of each run was a third of all that the tally left to the garbage collector.
 */
const rowWriter = <Row>(
  columns: readonly (Table<Row>['columns'][number] & { readonly writer: ColumnWriter })[],
): ((row: Row) => void) => {
  const names: string[] = []
  const given: unknown[] = []
  const name = (prefix: string, what: unknown): string => {
    given.push(what)
    return names[names.push(`${prefix}${names.length}`) - 1]!
  }
  const lines = columns.map(({ writer, value, parts }) => {
    if (!parts || !(writer instanceof ArrayColumn)) return `${name('w', writer)}.add(${name('v', value)}(row))`
    const [list, item, items, part] = [
      name('w', writer),
      name('w', writer.items),
      name('v', parts.of),
      name('v', parts.value),
    ]
    return `{ const all = ${items}(row)\nfor (let i = 0; i < all.length; i++) ${item}.add(${part}(all[i]))\n${list}.close(all.length) }`
  })
  return new Function(...names, `return (row) => {\n${lines.join('\n')}\n}`)(...given) as (row: Row) => void
}

export const blockEncoder = <Row>(table: Table<Row>): BlockEncoder<Row> => {
  const builder = blockBuilder(table)
  const fits = (row: Row): boolean => {
    try {
      builder.add(row)
      return true
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return false
    } finally {
      builder.reset()
    }
  }
  return (rows) => {
    try {
      for (const row of rows) builder.add(row)
      return builder.take()
    } catch (error) {
      builder.reset()
      if (!(error instanceof RangeError)) throw error
    }
    for (const row of rows.filter(fits)) builder.add(row)
    return builder.take()
  }
}

const isHeavy = (type: string): boolean => type.startsWith('Map(') || type.startsWith('Array(')
