import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PriceSettings } from '../api/prices.ts'
import { emptyUsage, USAGE_BUCKETS, type UsageBuckets } from '../model/usage.ts'
import { genaiPriceBook, priceBookOf } from './project-price-book.ts'

const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n
const NOW = at('2026-09-01T12:00:00Z')

const bookOf = (...overrides: readonly object[]) => priceBookOf(PriceSettings.parse({ overrides }))
const callOf = (
  provider: string,
  model: string,
  used: Partial<UsageBuckets>,
  more: { serviceTier?: string; startNanos?: bigint } = {},
) => ({ provider, model, usage: { ...emptyUsage(), ...used }, serviceTier: '', startNanos: NOW, ...more })

const GPT = { provider: 'openai', model: 'gpt-4.1' }
const IN = { inputUncached: 1_000_000 }

describe("a project's prices", () => {
  it('win over the built-in book, bucket by bucket', () => {
    const book = bookOf({ ...GPT, perMillionTokens: { inputUncached: '1' } })
    const usage = { inputUncached: 1000, cacheRead: 1000, outputText: 1000, reasoning: 1000 }
    // Its own 1 for the input; the list's 0.50 for cached input and 8 for both kinds of output: 1,000 + 500 + 8,000 + 8,000
    expect(book.price(callOf('openai', 'gpt-4.1', usage))?.nanoUsd).toBe(17_500_000n)
    const { lines, ref } = book.explain(callOf('openai', 'gpt-4.1', usage))
    expect(lines.map(({ bucket, from, of }) => [bucket, from, of])).toEqual([
      ['inputUncached', 'override', 'inputUncached'],
      ['cacheRead', 'built-in', 'cacheRead'],
      ['outputText', 'built-in', 'outputText'],
      ['reasoning', 'built-in', 'outputText'],
    ])
    expect(ref).toMatch(/^override:[0-9a-f]{12}\/openai\/gpt-4\.1 \+ genai-prices@[\d.]+\/openai\/gpt-4\.1$/)
  })

  it('of a model that nobody else knows fall back to the bucket that a part would else be counted in', () => {
    const book = bookOf({
      provider: 'ollama',
      model: 'llama*',
      perMillionTokens: { inputUncached: '2', outputText: '4' },
    })
    const all = Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, 1000]))
    // Six buckets of input at 2, four of output at 4
    expect(book.price(callOf('ollama', 'llama3.3', all))?.nanoUsd).toBe(6n * 2_000_000n + 4n * 4_000_000n)
    // An hour of cache costs what five minutes of it do, where only those are named.
    const caching = bookOf({
      provider: 'ollama',
      model: '*',
      perMillionTokens: { inputUncached: '2', cacheWrite5m: '3' },
    })
    expect(caching.price(callOf('ollama', 'x', { cacheWrite1h: 1000 }))?.nanoUsd).toBe(3_000_000n)
    expect(caching.price(callOf('ollama', 'x', { outputText: 1 }))).toBeUndefined()
    expect(caching.explain(callOf('ollama', 'x', { outputText: 1 })).reason).toBe('bucket without a price')
  })

  it('are chosen by what they say: provider, then model, then tier, then date', () => {
    const input = (price: string) => ({ perMillionTokens: { inputUncached: price } })
    const book = bookOf(
      { provider: '*', model: 'gpt-4.1', ...input('1') },
      { provider: 'openai', model: '*', ...input('2') },
      { provider: 'openai', model: 'gpt-*', ...input('3') },
      { provider: 'openai', model: 'gpt-4.1', ...input('4') },
      { provider: 'openai', model: 'gpt-4.1-2025-04-14', ...input('5') },
      { provider: 'openai', model: 'gpt-4.1', serviceTier: 'priority', ...input('6') },
      { provider: 'openai', model: 'gpt-4.1', validFrom: '2026-08-01', ...input('7') },
      { provider: 'openai', model: 'gpt-4.1', validFrom: '2026-10-01', ...input('8') },
    )
    const usd = (...given: Parameters<typeof callOf>) => Number(book.price(callOf(...given))?.nanoUsd) / 1e9
    expect(usd('azure.ai.openai', 'gpt-4.1', IN)).toBe(1)
    expect(usd('openai', 'o3', IN)).toBe(2)
    expect(usd('openai', 'gpt-5', IN)).toBe(3)
    expect(usd('openai', 'gpt-4.1', IN)).toBe(7)
    expect(usd('openai', 'GPT-4.1', IN)).toBe(7)
    expect(usd('openai', 'gpt-4.1-2025-04-14', IN)).toBe(5)
    expect(usd('openai', 'gpt-4.1', IN, { serviceTier: 'priority' })).toBe(6)
  })

  it('of a name hold for every snapshot that the built-in book calls by it', () => {
    const book = bookOf({ provider: 'openai', model: 'gpt-5', perMillionTokens: { inputUncached: '9' } })
    expect(book.price(callOf('openai', 'gpt-5-2025-08-07', IN))?.nanoUsd).toBe(9_000_000_000n)
    expect(book.price(callOf('openai', 'gpt-5-mini', IN))?.nanoUsd).toBe(250_000_000n)
  })

  it('hold from their first nanosecond until the next begins', () => {
    const book = bookOf(
      { ...GPT, validFrom: '2026-03-01T00:00:00Z', perMillionTokens: { inputUncached: '1' } },
      { ...GPT, validFrom: '2026-06-01T08:30:00.500Z', perMillionTokens: { inputUncached: '3' } },
    )
    const usd = (startNanos: bigint) =>
      Number(book.price(callOf('openai', 'gpt-4.1', IN, { startNanos }))?.nanoUsd) / 1e9
    expect(usd(at('2026-03-01T00:00:00Z') - 1n)).toBe(2)
    expect(usd(at('2026-03-01T00:00:00Z'))).toBe(1)
    expect(usd(at('2026-06-01T08:30:00.500Z') - 1n)).toBe(1)
    expect(usd(at('2026-06-01T08:30:00.500Z'))).toBe(3)
    expect(usd(at('2030-01-01T00:00:00Z'))).toBe(3)
  })

  it('have context steps of their own, and a step says only what differs', () => {
    const book = bookOf(
      { provider: 'x', model: 'm', perMillionTokens: { inputUncached: '1', outputText: '10' } },
      { provider: 'x', model: 'm', fromInputTokens: 100_000, perMillionTokens: { inputUncached: '2' } },
    )
    const nano = (inputUncached: number) => book.price(callOf('x', 'm', { inputUncached, outputText: 1000 }))?.nanoUsd
    expect(nano(99_999)).toBe(99_999_000n + 10_000_000n)
    expect(nano(100_000)).toBe(200_000_000n + 10_000_000n)
    expect(book.explain(callOf('x', 'm', { inputUncached: 100_000 })).entry?.contextTier).toBe('≥ 100000 input tokens')
  })

  it('of the standard tier are what a batch is half of; `*` is the price at every tier', () => {
    const standard = bookOf({ ...GPT, perMillionTokens: { inputUncached: '1' } })
    expect(standard.price(callOf('openai', 'gpt-4.1', IN, { serviceTier: 'batch' }))?.nanoUsd).toBe(500_000_000n)
    const any = bookOf({ ...GPT, serviceTier: '*', perMillionTokens: { inputUncached: '1' } })
    expect(any.price(callOf('openai', 'gpt-4.1', IN, { serviceTier: 'batch' }))?.nanoUsd).toBe(1_000_000_000n)
    // Nobody knows what a batch of a model of one's own would be: the standard price says nothing about it.
    const own = bookOf({ provider: 'my-gpu', model: '*', perMillionTokens: { inputUncached: '1' } })
    expect(own.price(callOf('my-gpu', 'm', IN, { serviceTier: 'batch' }))).toBeUndefined()
    const named = bookOf({
      provider: 'anthropic',
      model: 'claude-*',
      serviceTier: 'priority',
      perMillionTokens: { inputUncached: '9' },
    })
    const priority = callOf('anthropic', 'claude-sonnet-4-5', IN, { serviceTier: 'priority' })
    expect(named.price(priority)?.nanoUsd).toBe(9_000_000_000n)
    // The list has no priority price that could stand in for the output.
    expect(named.price({ ...priority, usage: { ...priority.usage, outputText: 1 } })).toBeUndefined()
  })

  it('may be in another currency, at the rate of their day', () => {
    const book = bookOf({ ...GPT, currency: 'EUR', usdPerUnit: '1.0837', perMillionTokens: { inputUncached: '1.75' } })
    // 1,000,000 × 1.75 € = 1.75 € × 1.0837 = 1.896475 USD
    expect(book.price(callOf('openai', 'gpt-4.1', IN))?.nanoUsd).toBe(1_896_475_000n)
    expect(book.explain(callOf('openai', 'gpt-4.1', IN)).entry).toMatchObject({ currency: 'EUR', usdPerUnit: '1.0837' })
  })

  it('name fees of tools, by name before pattern, each from its day on', () => {
    const book = priceBookOf(
      PriceSettings.parse({
        toolFees: [
          { tool: 'web_*', usdPerCall: '0.01' },
          { tool: 'web_search', usdPerCall: '0.005' },
          { tool: 'web_search', usdPerCall: '0.002', validFrom: '2026-10-01T00:00:00Z' },
        ],
        reviewUsdPerMinute: '0.75',
        wins: 'computed',
      }),
    )
    expect(book.toolFee('web_fetch', NOW)?.nanoUsd).toBe(10_000_000n)
    expect(book.toolFee('web_search', NOW)?.nanoUsd).toBe(5_000_000n)
    expect(book.toolFee('web_search', at('2026-10-01T00:00:00Z'))?.nanoUsd).toBe(2_000_000n)
    expect(book.toolFee('read_file', NOW)).toBeUndefined()
    expect([book.reviewNanoUsdPerMinute, book.wins]).toEqual([750_000_000n, 'computed'])
  })
})

const MODELS = [
  ['openai', 'gpt-5.4'],
  ['openai', 'gpt-4.1'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['gcp.gemini', 'gemini-2.5-flash'],
  ['deepseek', 'deepseek-chat'],
  ['ollama', 'own'],
] as const
const anyModel = fc.constantFrom(...MODELS)
const anyUsage = fc.record(
  Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, fc.nat({ max: 4_000_000 })])) as Record<
    keyof UsageBuckets,
    fc.Arbitrary<number>
  >,
)
const anyPrice = fc
  .tuple(fc.nat({ max: 999 }), fc.nat({ max: 999_999_999 }))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(9, '0')}`)
const anyOverride = fc.record(
  {
    provider: fc.constantFrom('*', 'openai', 'anthropic', 'ollama'),
    model: fc.constantFrom('*', 'gpt-*', 'gpt-4.1', 'claude-sonnet-4-5', 'own'),
    serviceTier: fc.constantFrom('standard', 'batch', '*'),
    fromInputTokens: fc.constantFrom(0, 1000, 272_000),
    validFrom: fc.constantFrom('2026-01-01', '2026-08-31T23:59:59.999Z', '2027-01-01'),
    usdPerUnit: fc.constantFrom('1', '1.08', '0.0067'),
    perMillionTokens: fc.dictionary(fc.constantFrom(...USAGE_BUCKETS), anyPrice, { noNullPrototype: true }),
  },
  { requiredKeys: ['provider', 'model', 'perMillionTokens'] },
)
const anyBook = fc.array(anyOverride, { maxLength: 6 }).map((overrides) => bookOf(...overrides))
const anyTier = fc.constantFrom('', 'batch', 'flex', 'priority')

describe('for any call', () => {
  it('the price is the sum of its lines, and there is none exactly where a line has none', () => {
    fc.assert(
      fc.property(anyBook, anyModel, anyTier, anyUsage, (book, [provider, model], serviceTier, used) => {
        const call = callOf(provider, model, used, { serviceTier })
        const { lines, nanoUsd, ref } = book.explain(call)
        expect(nanoUsd).toBe(book.price(call)?.nanoUsd)
        if (nanoUsd === undefined) return
        expect(lines.reduce((sum, line) => sum + (line.nanoUsd ?? -1n), 0n)).toBe(nanoUsd)
        expect(ref).toBe(book.price(call)?.ref)
      }),
    )
  })

  it('more tokens never cost less', () => {
    const builtIn = genaiPriceBook()
    fc.assert(
      fc.property(
        anyModel,
        anyTier,
        anyUsage,
        fc.constantFrom(...USAGE_BUCKETS),
        fc.nat({ max: 500_000 }),
        ([provider, model], serviceTier, used, bucket, more) => {
          const before = builtIn.price(callOf(provider, model, used, { serviceTier }))
          const after = builtIn.price(
            callOf(provider, model, { ...used, [bucket]: used[bucket] + more }, { serviceTier }),
          )
          if (before && after) expect(after.nanoUsd).toBeGreaterThanOrEqual(before.nanoUsd)
        },
      ),
    )
  })

  it('an override of all buckets for exactly this model decides alone', () => {
    fc.assert(
      fc.property(anyModel, anyUsage, anyPrice, ([provider, model], used, price) => {
        const perMillionTokens = Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, price]))
        const book = bookOf(
          { provider: '*', model: '*', perMillionTokens: { inputUncached: '1' } },
          { provider, model, perMillionTokens },
        )
        const rate = BigInt(price.replace('.', ''))
        const expected = USAGE_BUCKETS.reduce((sum, b) => sum + (BigInt(used[b]) * rate + 500_000n) / 1_000_000n, 0n)
        expect(book.price(callOf(provider, model, used))?.nanoUsd).toBe(expected)
      }),
    )
  })

  it('a price list that begins later changes nothing before it', () => {
    fc.assert(
      fc.property(
        anyModel,
        anyUsage,
        fc.date({ min: new Date('2024-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
        ([provider, model], used, begin) => {
          const book = bookOf({
            provider,
            model,
            validFrom: begin.toISOString(),
            perMillionTokens: { inputUncached: '123' },
          })
          const just = at(begin.toISOString())
          const before = callOf(provider, model, used, { startNanos: just - 1n })
          expect(book.price(before)).toEqual(genaiPriceBook().price(before))
          const from = book.explain(callOf(provider, model, { ...used, inputUncached: 1 }, { startNanos: just }))
          expect(from.lines.find(({ bucket }) => bucket === 'inputUncached')?.rate).toBe(123_000_000_000)
        },
      ),
      { numRuns: 30 },
    )
  })
})
