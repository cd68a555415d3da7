import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attoOf } from './amount.ts'
import { BillError, type BillRow } from './bill.ts'
import { type BillRequest, parseBill } from './parse-bill.ts'

const fixture = (name: string): Uint8Array => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const parsed = (text: string | Uint8Array, more: Partial<BillRequest> = {}) =>
  parseBill(typeof text === 'string' ? new TextEncoder().encode(text) : text, {
    partial: false,
    rates: new Map(),
    ...more,
  })
const short = (rows: readonly BillRow[] | undefined) =>
  rows?.map((row) => [row.day.slice(8), row.account, row.model || row.item, row.tier, row.lineClass, row.nanoUsd])

describe('pages of OpenAI organization/costs', () => {
  it('are read day by day, several in one file, a credit as it is', async () => {
    const { format, bills } = await parsed(fixture('openai-costs.json'))
    expect([format, bills.length]).toEqual(['openai', 1])
    const [bill] = bills
    expect([bill?.provider, bill?.month, bill?.firstDay, bill?.lastDay, bill?.lines]).toEqual([
      'openai',
      '2026-10',
      '2026-10-12',
      '2026-10-14',
      7,
    ])
    expect(short(bill?.rows)).toEqual([
      ['12', 'proj_search', 'assistants api | file search', '', 'other', 30_000_000n],
      ['12', 'proj_search', 'gpt-4o-mini-2024-07-18', '', 'output', 750_000_000n],
      ['12', 'proj_support', 'gpt-4.1-2025-04-14', '', 'cacheRead', 31_250_000n],
      ['12', 'proj_support', 'gpt-4.1-2025-04-14', '', 'input', 1_250_000_000n],
      ['12', 'proj_support', 'gpt-4.1-2025-04-14', '', 'output', 3_500_000_000n],
      ['14', '', '', '', '', -500_000_000n],
      ['14', 'proj_support', 'gpt-4.1-2025-04-14', '', 'input', 2_000_000_000n],
    ])
  })

  it('that say has_more and are the last are half a bill', async () => {
    const [first] = new TextDecoder().decode(fixture('openai-costs.json')).split('\n{\n')
    await expect(parsed(first!)).rejects.toThrow('has_more')
    expect((await parsed(first!, { partial: true })).bills[0]?.lines).toBe(5)
  })

  it('that are there twice are refused', async () => {
    const text = new TextDecoder().decode(fixture('openai-costs.json'))
    await expect(parsed(text + text)).rejects.toThrow('would count twice')
  })

  it('may stand one a line or in a list', async () => {
    const once = await parsed(fixture('openai-costs.json'))
    const pages = new TextDecoder().decode(fixture('openai-costs.json')).replaceAll('\n', '').replaceAll('}{', '}\n{')
    expect(await parsed(pages)).toEqual(once)
    expect(await parsed(`[${pages.replaceAll('\n', ',')}]`)).toEqual(once)
  })

  it('with a bucket longer than a day are refused with its place', async () => {
    const month = { start_time: 1791763200, end_time: 1791763200 + 30 * 86_400, results: [] }
    await expect(parsed(JSON.stringify({ data: [month] }))).rejects.toThrow(/page 1, bucket 1: .*bucket_width=1d/)
  })

  it('keep the good lines beside bad ones only when that is asked for', async () => {
    const result = (value: unknown) => ({ amount: { value, currency: 'usd' }, line_item: 'o3, input', project_id: 'p' })
    const text = JSON.stringify({
      data: [{ start_time: 1791763200, end_time: 1791849600, results: [result(1), result(1e30), { amount: null }] }],
    })
    await expect(parsed(text)).rejects.toThrow(
      /2 lines were not understood.*result 2: more than a billion.*partial=true/,
    )
    const partly = await parsed(text, { partial: true })
    expect([partly.badCount, partly.bad.map(({ line }) => line), partly.bills[0]?.rows.map((r) => r.nanoUsd)]).toEqual([
      2,
      ['page 1, bucket 1, result 2', 'page 1, bucket 1, result 3'],
      [1_000_000_000n],
    ])
  })
})

describe('an Anthropic cost_report', () => {
  it('is in cents, with tier and kind of token; what rounds away is not lost', async () => {
    const { format, bills } = await parsed(fixture('anthropic-cost-report.json'))
    expect(format).toBe('anthropic')
    expect(short(bills[0]?.rows)).toEqual([
      ['12', '', 'Web Search Usage', '', 'other', 200_000_000n],
      ['12', 'wrkspc_support', 'claude-sonnet-4-5-20250929', '', 'input', 1_237_891_200n],
      ['12', 'wrkspc_support', 'claude-sonnet-4-5-20250929', 'batch', 'cacheRead', 125_000_000n],
      ['13', '', 'claude-haiku-4.5', '', 'output', 49n],
    ])
  })
})

describe('a table', () => {
  it('is read by what its columns are called, with any of three delimiters and a byte order mark', async () => {
    const { format, bills } = await parsed(
      '\uFEFFDate;Vendor;Project ID;SKU;Cost;Currency\n2026-10-01;OpenAI;p1;gpt-4.1, input;1.5;usd\n2026-10-31T23:30:00-02:00;Gemini;;"gemini-2.5-pro";0.25;USD\n',
    )
    expect(format).toBe('csv')
    // Half past eleven two hours west of Greenwich is November.
    expect(bills.map((bill) => [bill.provider, bill.month, short(bill.rows)])).toEqual([
      ['openai', '2026-10', [['01', 'p1', 'gpt-4.1', '', 'input', 1_500_000_000n]]],
      ['gcp.gemini', '2026-11', [['01', '', 'gemini-2.5-pro', '', '', 250_000_000n]]],
    ])
  })

  it('of the OpenAI export has days that cost nothing', async () => {
    const { bills } = await parsed(
      'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id\n1791763200,1791849600,2026-10-12T00:00:00+00:00,2026-10-13T00:00:00+00:00,0.8958740000000000,usd,,\n1791849600,1791936000,2026-10-13T00:00:00+00:00,2026-10-14T00:00:00+00:00,,,,\n',
      { provider: 'openai' },
    )
    expect([bills[0]?.lastDay, short(bills[0]?.rows)]).toEqual(['2026-10-13', [['12', '', '', '', '', 895_874_000n]]])
  })

  it('in another currency needs its rate', async () => {
    const text = 'date,provider,model,amount,currency\n2026-10-01,mistral,mistral-large,10,EUR\n'
    await expect(parsed(text)).rejects.toThrow('rate=EUR:')
    const { bills } = await parsed(text, { rates: new Map([['EUR', attoOf('1.0823')!]]) })
    expect(bills[0]?.rows[0]?.nanoUsd).toBe(10_823_000_000n)
  })

  it('of JSON lines says which line is broken, and that one alone is left out', async () => {
    const text =
      '{"date":"2026-10-01","provider":"openai","model":"o3","amount":"1.5"}\n{"date": \n\n{"date":"2026-10-02","provider":"openai","model":"o3","amount":2}\n[1]\n'
    await expect(parsed(text)).rejects.toThrow(/line 2: .*line 5: /)
    expect((await parsed(text, { partial: true })).bills[0]?.rows.map((row) => row.nanoUsd)).toEqual([
      1_500_000_000n,
      2_000_000_000n,
    ])
  })

  it.each([
    ['=HYPERLINK("http://evil")', 'no amount'],
    ['1e30', 'more than a billion'],
    ['NaN', 'no amount'],
    ['1,234.50', 'no amount'],
    ['', 'no amount'],
  ])('with the amount %s is refused with the line', async (amount, reason) => {
    const quoted = `"${amount.replaceAll('"', '""')}"`
    await expect(
      parsed(`date,provider,model,amount\n2026-10-01,openai,o3,1\n2026-10-02,openai,o3,${quoted}\n`),
    ).rejects.toThrow(new RegExp(`line 3: .*${reason}`))
  })

  it.each([
    ['10/11/2026', 'is no date'],
    ['2026-02-30', 'is no date'],
    ['2026-10-01T10:00:00', 'is no date'],
    ['9999-01-01', 'is no date'],
  ])('with the date %s is refused: it could be two days, or none', async (date, reason) => {
    await expect(parsed(`date,provider,model,amount\n${date},openai,o3,1\n`)).rejects.toThrow(reason)
  })
})

describe('what is no bill', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an archive', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /ZIP/],
    ['a compressed file', gzipSync('date,amount'), /unpack/],
    ['nothing', '', /empty/],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0]), /binary/],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x64, 0]), /UTF-16/],
    ['a hundred thousand brackets', '['.repeat(100_000), /nests more than 32/],
    ['many brackets', '{"data":['.padEnd(9_000_010, '[]'), /objects and lists/],
    ['half a file', '{"data":[{"start_time":1', /cut off/],
    ['a stray bracket', '[{"date":"2026-10-01","provider":"x","amount":1}]]', /never opened/],
    ['text', 'Dear customer, thank you.\nBye\n', /no column for the date/],
    ['a header alone', 'date,provider,amount\n', /no line below/],
    ['a page without a list', '{"object":"page","data":{}}', /no column|no list/],
    ['an open quote', 'date,amount\n"2026-10-01,1\n', /no CSV/],
    ['a word for a number', '{"data": nonsense}', /not JSON at line 1/],
  ])('%s is told so', async (_, content, message) => {
    const failure = await parsed(content).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(BillError)
    expect((failure as Error).message).toMatch(message)
  })

  it('does no more than refuse, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        async (bytes) => {
          const failure = await parsed(bytes).catch((error: unknown) => error)
          if (failure instanceof Error) expect(failure).toBeInstanceOf(BillError)
        },
      ),
      { numRuns: 300 },
    )
  })
})
