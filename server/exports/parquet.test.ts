import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testApp } from '../../test/support/api.ts'
import { drawLedger } from '../../test/support/cost-ledger.ts'
import { readByDuckdb } from '../../test/support/duckdb.ts'
import { openTestStore } from '../../test/support/rows.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'

const START = Date.parse('2026-09-28T00:00:00Z')

it('DuckDB opens the Parquet of both reports and agrees in rows, sum and types', { timeout: 240_000 }, async () => {
  const store = await openTestStore()
  const dir = await mkdtemp(join(tmpdir(), 'recount-parquet-'))
  try {
    for (const { talliedAtMs, tallies } of drawLedger(3, START, 2, 80).rounds) await store.runs(tallies, talliedAtMs)
    const app = testApp(store, { nowMs: () => START + 60 * 24 * 3_600_000 })
    const query = '/api/costs?from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z&by=run,agent&interval=day'
    for (const [format, money] of [
      ['parquet', 'costUsd'],
      ['focus&as=parquet', 'BilledCost'],
    ] as const) {
      const answer = await app.request(`${query}&format=${format}`, { headers: { host: 'localhost' } })
      const file = join(dir, `${money}.parquet`)
      await writeFile(file, new Uint8Array(await answer.arrayBuffer()))
      const { rows, sum, columns } = await readByDuckdb(file, money)
      expect(rows).toBe(Number(answer.headers.get('recount-rows')))
      expect(rows).toBeGreaterThan(100)
      expect(usdOf(nanoUsdOf(sum))).toBe(answer.headers.get('recount-sum-usd'))
      expect(columns).toEqual(
        expect.arrayContaining(
          format === 'parquet'
            ? ['run VARCHAR', 'period TIMESTAMP WITH TIME ZONE', 'costUsd DECIMAL(38,9)', 'calls BIGINT']
            : ['BilledCost DECIMAL(38,9)', 'ChargePeriodStart TIMESTAMP WITH TIME ZONE', 'Tags VARCHAR'],
        ),
      )
    }
  } finally {
    await store.close()
    await rm(dir, { recursive: true, force: true })
  }
})
