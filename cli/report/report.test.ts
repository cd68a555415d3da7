import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Manifest } from '../../schema/api/costs.ts'
import { get, testApp } from '../../test/support/api.ts'
import { drawLedger } from '../../test/support/cost-ledger.ts'
import { openTestStore, type TestStore } from '../../test/support/rows.ts'
import { reportCommand } from '../commands/report.ts'
import { type Asking, openAsking } from './asking.ts'
import { toFile } from './download.ts'
import { validateFile } from './validate-file.ts'

const START = Date.parse('2026-09-28T00:00:00Z')
const RANGE = 'from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z'
let dir: string
let store: TestStore
let app: ReturnType<typeof testApp>
let asking: Asking

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recount-report-'))
  store = await openTestStore()
  for (const { talliedAtMs, tallies } of drawLedger(7, START, 1, 40).rounds) await store.runs(tallies, talliedAtMs)
  app = testApp(store, { nowMs: () => START + 60 * 24 * 3_600_000 })
  asking = {
    get: async (path, search) => {
      const answer = await app.request(`${path}?${search}`, { headers: { host: 'localhost' } })
      if (!answer.ok) throw new Error(await answer.text())
      return answer
    },
    close: async () => undefined,
  }
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

const search = (text: string): URLSearchParams => new URLSearchParams(`${RANGE}&${text}`)

describe('a report in a file', () => {
  it('stands beside its manifest, which holds of its bytes', async () => {
    const path = join(dir, 'cost.csv')
    await toFile(asking, search('by=team,model&interval=day&format=csv'), path)
    const bytes = await readFile(path)
    const manifest = Manifest.parse(JSON.parse(await readFile(`${path}.manifest.json`, 'utf8')))
    expect(manifest).toMatchObject({
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: bytes.toString().trimEnd().split('\r\n').length - 1,
    })
    const { total } = await get<{ total: { costUsd: string } }>(app, `/api/costs?${RANGE}`)
    expect(manifest.sumUsd).toBe(total.costUsd)
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  it('is thrown away where other bytes came than the manifest tells of, or too few', async () => {
    const path = join(dir, 'torn.csv')
    const bytesOf = async (answer: Response): Promise<Uint8Array> => new Uint8Array(await answer.arrayBuffer())
    const changed: Asking = {
      ...asking,
      get: async (to, words) => {
        const answer = await asking.get(to, words)
        if (to.endsWith('/manifest')) return answer
        return new Response((await bytesOf(answer)).slice(0, -1), { headers: answer.headers })
      },
    }
    await expect(toFile(changed, search('by=team&format=csv'), path)).rejects.toThrow('thrown away')
    const broken: Asking = {
      ...asking,
      get: async (to, words) => {
        const { headers, body: whole } = await asking.get(to, words)
        await whole?.cancel()
        const body = new ReadableStream({
          pull: (controller) => controller.error(new Error('the line was cut')),
        })
        return new Response(body, { headers })
      },
    }
    await expect(toFile(broken, search('by=team&format=csv'), path)).rejects.toThrow('the line was cut')
    expect([path, `${path}.part`, `${path}.manifest.json`].filter(existsSync)).toEqual([])
  })

  it('as FOCUS passes its own validator, as CSV and as JSON lines, and no longer when it was changed', {
    timeout: 240_000,
  }, async () => {
    for (const form of ['csv', 'jsonl']) {
      const path = join(dir, `focus.${form}`)
      await toFile(asking, search(`format=focus&as=${form}`), path)
      const said: string[] = []
      expect(await validateFile(path, (line) => said.push(line)), said.join('\n')).toBe(true)
      expect(said.at(-1)).toBe('fulfils FOCUS 1.2')
      const lines = (await readFile(path, 'utf8')).split('\n')
      // Without its last row it still is FOCUS, but not what the manifest says.
      await writeFile(path, `${lines.slice(0, -2).join('\n')}\n`)
      const shorter: string[] = []
      expect(await validateFile(path, (line) => shorter.push(line))).toBe(false)
      expect(shorter.join('\n')).toMatch(/its manifest says \d+ rows/)
    }
    const odd = join(dir, 'odd.csv')
    await writeFile(odd, 'BilledCost,Team\n"",x\n')
    const said: string[] = []
    expect(await validateFile(odd, (line) => said.push(line))).toBe(false)
    expect(said).toContain(
      'error    BilledCost MUST use NULL, not an empty string, where there is no value: row 1 has ""',
    )
    expect(said).toContain('error    Team custom columns MUST be prefixed with x_')
    await expect(validateFile(join(dir, 'x.parquet'), () => undefined)).rejects.toThrow('take a .csv or .jsonl')
  })

  it('per outcome is a table of what the API says', async () => {
    const answer = await asking.get('/api/costs/per-outcome', search('by=agent,team&format=csv'))
    const [header, first] = (await answer.text()).split('\r\n')
    expect(header).toMatch(/^agent,team,period,costUsd,runs,settled,successes,costPerSuccess,/)
    expect(first!.length).toBeGreaterThan(20)
  })
})

describe('where a report is asked', () => {
  it('a directory without data is not made: a server would be asked', async () => {
    await (await openAsking({ data: join(dir, 'none') })).close()
    expect(existsSync(join(dir, 'none'))).toBe(false)
  })

  it('a named server that is not there is told so', async () => {
    await mkdir(join(dir, 'data', 'clickhouse'), { recursive: true })
    const away = await openAsking({ endpoint: 'http://127.0.0.1:1', data: join(dir, 'data') })
    await expect(away.get('/api/costs', new URLSearchParams())).rejects.toThrow('nothing answers at http://127.0.0.1:1')
  })
})

describe('recount report', () => {
  const ask = async (...words: string[]): Promise<{ code: typeof process.exitCode; said: string }> => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      await reportCommand().parseAsync(words, { from: 'user' })
      return { code: process.exitCode, said: said.mock.calls.join('\n') }
    } finally {
      process.exitCode = 0
      said.mockRestore()
    }
  }

  it('says what is not there and what does not go together, with exit code 2', async () => {
    expect(await ask('slo')).toMatchObject({ code: 2, said: expect.stringContaining('not there yet') })
    expect(await ask('focus', '--by', 'team')).toMatchObject({ code: 2, said: expect.stringContaining('--by') })
    expect(await ask('focus', '--format', 'json')).toMatchObject({ code: 2 })
    expect(await ask('outcomes', '--format', 'parquet')).toMatchObject({ code: 2 })
    expect(await ask('cost', '--where', 'team')).toMatchObject({ code: 2, said: expect.stringContaining('name=value') })
    expect(await ask('cost', '--endpoint', 'http://127.0.0.1:1')).toMatchObject({ code: 1 })
  })
})
