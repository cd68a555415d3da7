import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeCommand } from './close.ts'
import { reconcileCommand } from './reconcile.ts'

/** A server that says what it was asked, and answers as the API does. */
const asked: { method: string; url: string; key: string; type: string; body: string }[] = []
let answer: { status: number; body: unknown } = { status: 200, body: {} }
let server: Server
let endpoint: string
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recount-bill-'))
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    asked.push({
      method: request.method!,
      url: request.url!,
      key: request.headers.authorization ?? '',
      type: request.headers['content-type'] ?? '',
      body: Buffer.concat(chunks).toString(),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const run = async (command: ReturnType<typeof closeCommand>, ...words: string[]) => {
  const lines: string[] = []
  const keep = (text: unknown) => void lines.push(String(text))
  const spies = [vi.spyOn(console, 'log').mockImplementation(keep), vi.spyOn(console, 'error').mockImplementation(keep)]
  process.exitCode = 0
  await command.parseAsync(words, { from: 'user' })
  for (const spy of spies) spy.mockRestore()
  const code = process.exitCode
  process.exitCode = 0
  return { code, lines }
}

describe('recount reconcile', () => {
  it('sends the file as it is, with what was said of it', async () => {
    const file = join(folder, 'bill.csv')
    await writeFile(file, 'date,amount\n2026-10-01,1\n')
    const bill = { month: '2026-10', provider: 'mistral_ai', rows: 1, billedUsd: '1.08', state: 'imported' }
    answer = { status: 200, body: { bills: [bill], skipped: [{ line: 'line 3', reason: 'no date' }], skippedCount: 1 } }
    const { lines } = await run(
      reconcileCommand(),
      'import',
      file,
      '--provider',
      'mistral',
      '--partial',
      '--rate',
      'EUR:1.08',
      '--endpoint',
      endpoint,
      '--key',
      'rk_1',
    )
    expect(asked.at(-1)).toEqual({
      method: 'POST',
      url: '/api/reconciliations?overlap=refuse&provider=mistral&partial=true&rate=EUR%3A1.08',
      key: 'Bearer rk_1',
      type: 'application/octet-stream',
      body: 'date,amount\n2026-10-01,1\n',
    })
    expect(lines).toEqual(['2026-10  mistral_ai  1 rows  $1.08  imported', 'left out: line 3: no date'])
  })

  it('shows a month from traced to billed', async () => {
    const total = { tracedUsd: '10', billedUsd: '12', causes: { untraced_traffic: '1.5', unattributed: '0.5' } }
    answer = { status: 200, body: { month: '2026-10', asOf: '2026-11-02', bills: [], total, withoutBill: [] } }
    const { lines } = await run(reconcileCommand(), 'show', '--month', '2026-10', '--endpoint', endpoint)
    expect(lines.map((line) => line.trim().replace(/ {2,}/, ' '))).toEqual([
      '2026-10, the ledger of 2026-11-02',
      'no bill was imported: recount reconcile import FILE',
      'traced 10',
      '+ untraced_traffic 1.5',
      '+ unattributed 0.5',
      '= billed 12',
    ])
  })
})

describe('recount close', () => {
  it('closes, and says what was frozen', async () => {
    const close = { asOf: '2026-11-02T00:00:00.000Z', costUsd: '3', rows: 2, sha256: 'ab' }
    answer = { status: 200, body: { state: 'closed', close } }
    const { lines } = await run(closeCommand(), '2026-10', '--note', 'Q4', '--endpoint', endpoint)
    expect(JSON.parse(asked.at(-1)!.body)).toEqual({ month: '2026-10', action: 'close', note: 'Q4', force: false })
    expect(lines).toEqual(['2026-10 is closed as of 2026-11-02T00:00:00.000Z: $3 in 2 rows, sha256 ab'])
  })

  it('says why not, and ends with 1', async () => {
    answer = { status: 409, body: { detail: '2026-11 is not over.' } }
    expect(await run(closeCommand(), '2026-11', '--endpoint', endpoint)).toEqual({
      code: 1,
      lines: ['recount: 2026-11 is not over.'],
    })
    const nobody = await run(closeCommand(), '2026-11', '--endpoint', 'http://127.0.0.1:9')
    expect([nobody.code, nobody.lines[0]]).toEqual([1, expect.stringContaining('nothing answers at')])
  })
})
