import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { Store, Test } from './conformance-inserts.ts'
import { DatabaseError } from './database.ts'

/** Answers of any size, piece by piece (`Database.stream`). */
export const streamTests = (test: Test, store: Store): void => {
  const whole = async (sql: string, format: string, params = {}): Promise<Buffer> => {
    const pieces: Uint8Array[] = []
    for await (const piece of store.database.stream(sql, format, params)) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  const failureOf = async (answer: AsyncIterable<Uint8Array>): Promise<{ pieces: number; error: DatabaseError }> => {
    let pieces = 0
    try {
      for await (const _ of answer) pieces++
    } catch (error) {
      expect(error).toBeInstanceOf(DatabaseError)
      return { pieces, error: error as DatabaseError }
    }
    throw new Error('it succeeded')
  }

  test('a streamed answer is the same rows, in order, in pieces', async () => {
    const sql = `WITH {least:UInt32} AS least SELECT number AS n, concat('it''s "', toString(number), '"') AS s
      FROM numbers(300000) WHERE number >= least ORDER BY n DESC`
    const lines = (await whole(sql, 'CSVWithNames', { least: 10 })).toString().split('\r\n')
    expect(lines.length).toBe(1 + 299_990 + 1)
    expect([lines[0], lines[1], lines.at(-2), lines.at(-1)]).toEqual([
      '"n","s"',
      '299999,"it\'s ""299999"""',
      '10,"it\'s ""10"""',
      '',
    ])
    let pieces = 0
    for await (const piece of store.database.stream(sql, 'JSONEachRow', { least: 0 })) {
      expect(piece.byteLength).toBeLessThan(4 * 1024 ** 2)
      pieces++
    }
    expect(pieces).toBeGreaterThan(3)
  })

  test('the same question streams the same bytes, in every format', async () => {
    const sql = `SELECT number AS n, toString(number % 1000) AS s, toDecimal128(number, 9) / 7 AS d, if(n % 3 = 0, NULL, s) AS maybe
      FROM numbers(200000) ORDER BY sipHash64(n), n`
    for (const format of ['CSVWithNames', 'JSONEachRow', 'Parquet', 'ArrowStream']) {
      const [first, second] = [await whole(sql, format), await whole(sql, format)].map((bytes) =>
        createHash('sha256').update(bytes).digest('hex'),
      )
      expect(second, format).toBe(first)
    }
  })

  test('nothing streams as an empty answer', async () => {
    expect((await whole('SELECT 1 AS a WHERE 0', 'JSONEachRow')).length).toBe(0)
    expect((await whole('SELECT 1 AS a WHERE 0', 'CSVWithNames')).toString()).toBe('"a"\r\n')
  })

  test('a streamed answer that fails half-way fails before its first piece', async () => {
    const failed = await failureOf(
      store.database.stream("SELECT number, throwIf(number = 900000, 'late') FROM numbers(1000000)", 'CSVWithNames'),
    )
    expect(failed).toMatchObject({ pieces: 0, error: { kind: 'query', code: '395' } })
    const wrong = await failureOf(store.database.stream('SELECT no_such_column FROM spans', 'CSV'))
    expect(wrong).toMatchObject({ pieces: 0, error: { kind: 'query', code: '47' } })
    const slow = await failureOf(
      store.database.stream(
        'SELECT number FROM numbers(100000000000) WHERE sipHash64(number) = 1',
        'CSV',
        {},
        { timeoutSeconds: 1 },
      ),
    )
    expect(slow).toMatchObject({ pieces: 0, error: { kind: 'limit', code: '159' } })
  })

  test('sorting more than its memory, a streamed answer goes over the disk', async () => {
    const answer = store.database.stream(
      "SELECT number AS n, repeat('x', 200) AS text FROM numbers(1000000) ORDER BY sipHash64(n)",
      'CSV',
      {},
      { settings: { max_memory_usage: 150_000_000, max_bytes_before_external_sort: 20_000_000 } },
    )
    let bytes = 0
    for await (const piece of answer) bytes += piece.byteLength
    expect(bytes).toBeGreaterThan(200 * 1_000_000)
  })

  test('nobody reads on: neither the question nor the next one is held up', async () => {
    for await (const piece of store.database.stream('SELECT number FROM numbers(2000000)', 'CSV')) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    const away = new AbortController()
    const endless = failureOf(
      store.database.stream(
        'SELECT number FROM numbers(100000000000) WHERE sipHash64(number) = 1',
        'CSV',
        {},
        {
          signal: away.signal,
        },
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    away.abort()
    expect((await endless).pieces).toBe(0)
    expect((await whole('SELECT 1 AS a', 'CSV')).toString()).toBe('1\r\n')
    for (;;) {
      const running = await store.database.query(
        "SELECT 1 FROM system.processes WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%processes%'",
      )
      if (running.length === 0) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
}
