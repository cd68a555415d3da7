import { DuckDBInstance } from '@duckdb/node-api'

/** What an engine that is not ours reads in a file: rows, and a column's exact sum as text. */
export const readByDuckdb = async (
  path: string,
  money: string,
): Promise<{ readonly rows: number; readonly sum: string; readonly columns: readonly string[] }> => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const from = `read_parquet('${path.replaceAll("'", "''")}')`
    const figures = await connection.runAndReadAll(
      `SELECT count(*)::BIGINT::VARCHAR AS n, sum("${money}")::DECIMAL(38, 9)::VARCHAR AS total FROM ${from}`,
    )
    const about = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
    const [row] = figures.getRowObjectsJson()
    return {
      rows: Number(row!.n),
      sum: String(row!.total),
      columns: about.getRowObjectsJson().map((column) => `${column.column_name} ${column.column_type}`),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
