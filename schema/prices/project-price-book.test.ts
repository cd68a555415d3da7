import { calcPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { PROVIDER_IDS } from '../dialects/providers.ts'
import { emptyUsage, inputTotal, outputTotal, type UsageBuckets } from '../model/usage.ts'
import { libraryModelsOf } from './library-entry.ts'
import { WITHOUT_PRICE_LIST } from './library-providers.ts'
import { genaiPriceBook } from './project-price-book.ts'

const book = genaiPriceBook()
const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n
const NOW = at('2026-09-01T12:00:00Z')

const callOf = (
  provider: string,
  model: string,
  used: Partial<UsageBuckets>,
  more: { serviceTier?: string; startNanos?: bigint } = {},
) => ({ provider, model, usage: { ...emptyUsage(), ...used }, serviceTier: '', startNanos: NOW, ...more })
const price = (...given: Parameters<typeof callOf>) => book.price(callOf(...given))
/** Whole nano-dollars, as they are counted: $1 is 1_000_000_000. */
const nano = (...given: Parameters<typeof callOf>): number => Number(price(...given)?.nanoUsd)

describe('hand-worked: OpenAI', () => {
  it('cached input and reasoning: gpt-5 at 1.25, 0.125 and 10 USD per million', () => {
    // 2,000 uncached × 1.25 = 2,500 · 8,000 cached × 0.125 = 1,000 · 300 text × 10 = 3,000 · 700 reasoning × 10 = 7,000 (as output): 13,500 µUSD/1000
    expect(nano('openai', 'gpt-5', { inputUncached: 2000, cacheRead: 8000, outputText: 300, reasoning: 700 })).toBe(
      2_500_000 + 1_000_000 + 3_000_000 + 7_000_000,
    )
  })

  it('sound: gpt-audio at 2.5 in, 32 sound in, 10 out, 64 sound out', () => {
    // 100 × 2.5 = 250 · 1,000 × 32 = 32,000 · 50 × 10 = 500 · 800 × 64 = 51,200 → 83,950 millionths of a dollar
    expect(
      nano('openai', 'gpt-audio', { inputUncached: 100, inputAudio: 1000, outputText: 50, outputAudio: 800 }),
    ).toBe(83_950_000)
  })

  it('images: gpt-image-1.5 at 5 in, 8 image in, 10 out, 32 image out', () => {
    // 50 × 5 = 250 · 300 × 8 = 2,400 · 20 × 10 = 200 · 4,160 × 32 = 133,120 → 135,970 millionths
    expect(
      nano('openai', 'gpt-image-1.5', { inputUncached: 50, inputImage: 300, outputText: 20, outputImage: 4160 }),
    ).toBe(135_970_000)
  })

  it('batch and flex are half, priority is what the list of tiers says', () => {
    // gpt-4.1 at 2 and 8: 10,000 × 2 + 1,000 × 8 = 28,000 millionths; batch and flex half; priority 3.50 and 14 = 49,000
    const used = { inputUncached: 10_000, outputText: 1000 }
    expect(nano('openai', 'gpt-4.1', used)).toBe(28_000_000)
    expect(nano('openai', 'gpt-4.1', used, { serviceTier: 'batch' })).toBe(14_000_000)
    expect(nano('openai', 'gpt-4.1', used, { serviceTier: 'flex' })).toBe(14_000_000)
    expect(nano('openai', 'gpt-4.1', used, { serviceTier: 'priority' })).toBe(49_000_000)
    // gpt-4o-mini at priority: 0.25 and 1.00, five thirds of 0.15 and 0.60: 2,500 + 1,000
    expect(nano('openai', 'gpt-4o-mini', used, { serviceTier: 'priority' })).toBe(3_500_000)
  })

  it('a long context: gpt-5.4 costs 2.5, 0.25 and 15 up to 271,999 input tokens, and 5, 0.5 and 22.5 beyond', () => {
    // The first 271,999: 71,999 × 2.5 + 200,000 × 0.25 + 100 × 15 = 179,997.5 + 50,000 + 1,500
    expect(nano('openai', 'gpt-5.4', { inputUncached: 71_999, cacheRead: 200_000, outputText: 100 })).toBe(231_497_500)
    // One token more, and every token of the call is dearer: 72,000 × 5 + 200,000 × 0.5 + 100 × 22.5 = 360,000 + 100,000 + 2,250
    expect(nano('openai', 'gpt-5.4', { inputUncached: 72_000, cacheRead: 200_000, outputText: 100 })).toBe(462_250_000)
  })

  it('history keeps its price: o3 was 10 and 40 until 2025-06-10, and 2 and 8 from then on', () => {
    const used = { inputUncached: 1000, outputText: 1000 }
    expect(nano('openai', 'o3', used, { startNanos: at('2025-06-10T00:00:00Z') - 1n })).toBe(50_000_000)
    expect(nano('openai', 'o3', used, { startNanos: at('2025-06-10T00:00:00Z') })).toBe(10_000_000)
  })
})

describe('hand-worked: Anthropic', () => {
  it('the reference of dialects.md §7: 1012 input tokens of which 1000 were cached, 5 output tokens', () => {
    // 12 × 3 = 36 · 1,000 × 0.30 = 300 · 5 × 15 = 75 → 411 millionths = $0.000411
    expect(
      price('anthropic', 'claude-sonnet-4-5-20250929', { inputUncached: 12, cacheRead: 1000, outputText: 5 }),
    ).toEqual({
      nanoUsd: 411_000n,
      ref: expect.stringMatching(/^genai-prices@\d+\.\d+\.\d+\/anthropic\/claude-sonnet-4-5$/),
    })
  })

  it('writing the cache for 5 minutes is 1.25 × the input, for an hour 2 ×', () => {
    // 1,000 × 3.75 = 3,750 · 1,000 × 6 = 6,000
    expect(nano('anthropic', 'claude-sonnet-4-5', { cacheWrite5m: 1000 })).toBe(3_750_000)
    expect(nano('anthropic', 'claude-sonnet-4-5', { cacheWrite1h: 1000 })).toBe(6_000_000)
  })

  it('beyond 200,000 input tokens, cached ones included, all of a call is dearer', () => {
    // 150,000 × 3 + 50,000 × 0.30 + 1,000 × 15 = 450,000 + 15,000 + 15,000
    expect(
      nano('anthropic', 'claude-sonnet-4-5', { inputUncached: 150_000, cacheRead: 50_000, outputText: 1000 }),
    ).toBe(480_000_000)
    // 150,001 × 6 + 50,000 × 0.60 + 1,000 × 22.5 = 900,006 + 30,000 + 22,500
    expect(
      nano('anthropic', 'claude-sonnet-4-5', { inputUncached: 150_001, cacheRead: 50_000, outputText: 1000 }),
    ).toBe(952_506_000)
  })

  it('a batch is half, of cached tokens too; a priority tier is paid in advance and has no price here', () => {
    // (1,000 × 3 + 1,000 × 0.30 + 100 × 15) / 2 = 4,800 / 2
    const used = { inputUncached: 1000, cacheRead: 1000, outputText: 100 }
    expect(nano('anthropic', 'claude-sonnet-4-5', used, { serviceTier: 'batch' })).toBe(2_400_000)
    expect(price('anthropic', 'claude-sonnet-4-5', used, { serviceTier: 'priority' })).toBeUndefined()
    expect(book.explain(callOf('anthropic', 'claude-sonnet-4-5', used, { serviceTier: 'priority' })).reason).toBe(
      'tier without a price',
    )
  })
})

describe('hand-worked: Gemini', () => {
  it('thinking is billed as output, sound has its own price: gemini-2.5-flash at 0.30, 1.00 and 2.50', () => {
    // 1,000 × 0.30 = 300 · 2,000 × 1.00 = 2,000 · 100 × 2.50 = 250 · 900 × 2.50 = 2,250 → 4,800 millionths
    expect(
      nano('gcp.gemini', 'gemini-2.5-flash', {
        inputUncached: 1000,
        inputAudio: 2000,
        outputText: 100,
        reasoning: 900,
      }),
    ).toBe(4_800_000)
  })

  it('gemini-2.5-pro doubles its input beyond 200,000 tokens: 1.25 → 2.50, output 10 → 15', () => {
    expect(nano('gcp.vertex_ai', 'gemini-2.5-pro', { inputUncached: 200_000, outputText: 1000 })).toBe(
      250_000_000 + 10_000_000,
    )
    expect(nano('gcp.vertex_ai', 'gemini-2.5-pro', { inputUncached: 200_001, outputText: 1000 })).toBe(
      500_002_500 + 15_000_000,
    )
  })

  it('the discounts of cache and batch do not stack: cached tokens keep their price', () => {
    // batch: 1,000 × 0.15 + 1,000 × 0.03 (as ever) + 100 × 1.25 = 150 + 30 + 125
    const used = { inputUncached: 1000, cacheRead: 1000, outputText: 100 }
    expect(nano('gcp.gemini', 'gemini-2.5-flash', used, { serviceTier: 'batch' })).toBe(305_000)
  })
})

describe('hand-worked: Bedrock', () => {
  it('an id with a region costs a tenth more than one without: 3.30, 0.33, 4.125, 6.60 and 16.50', () => {
    // 1,000 × 3.3 + 10,000 × 0.33 + 2,000 × 4.125 + 500 × 6.6 + 100 × 16.5 = 3,300 + 3,300 + 8,250 + 3,300 + 1,650
    expect(
      nano('aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', {
        inputUncached: 1000,
        cacheRead: 10_000,
        cacheWrite5m: 2000,
        cacheWrite1h: 500,
        outputText: 100,
      }),
    ).toBe(19_800_000)
  })

  it('batch is half: amazon.nova-pro at 0.80 and 3.20', () => {
    // (10,000 × 0.8 + 1,000 × 3.2) / 2 = 11,200 / 2
    expect(
      nano(
        'aws.bedrock',
        'amazon.nova-pro-v1:0',
        { inputUncached: 10_000, outputText: 1000 },
        { serviceTier: 'batch' },
      ),
    ).toBe(5_600_000)
  })
})

describe('hand-worked: DeepSeek', () => {
  it('costs by the time of day: deepseek-chat 0.27, 0.07 and 1.10 from 00:30 to 16:30 UTC, half outside', () => {
    // by day: 1,000 × 0.27 + 9,000 × 0.07 + 500 × 1.10 = 270 + 630 + 550 = 1,450; by night: 135 + 315 + 275 = 725
    const used = { inputUncached: 1000, cacheRead: 9000, outputText: 500 }
    const startNanos = (time: string) => ({ startNanos: at(`2026-09-01T${time}Z`) })
    expect(nano('deepseek', 'deepseek-chat', used, startNanos('16:29:59.999'))).toBe(1_450_000)
    expect(nano('deepseek', 'deepseek-chat', used, startNanos('16:30:00'))).toBe(725_000)
    expect(nano('deepseek', 'deepseek-chat', used, startNanos('00:29:59'))).toBe(725_000)
    expect(nano('deepseek', 'deepseek-chat', used, startNanos('00:30:00'))).toBe(1_450_000)
  })

  it('has no batches: such a call has no price rather than a wrong one', () => {
    expect(price('deepseek', 'deepseek-chat', { inputUncached: 1 }, { serviceTier: 'batch' })).toBeUndefined()
  })
})

describe('the built-in book', () => {
  it('equals the library for every text price of every model of the great providers, by day and in every context tier', () => {
    let compared = 0
    for (const [ours, theirs] of [
      ['openai', 'openai'],
      ['anthropic', 'anthropic'],
      ['gcp.gemini', 'google'],
      ['deepseek', 'deepseek'],
      ['x_ai', 'x-ai'],
    ] as const)
      for (const { id } of libraryModelsOf(ours))
        for (const inputUncached of [1, 199_000, 350_000]) {
          const usage = { ...emptyUsage(), inputUncached, cacheRead: 123, cacheWrite5m: 45, outputText: 678 }
          const found = calcPrice(
            {
              input_tokens: inputTotal(usage),
              cache_read_tokens: usage.cacheRead,
              cache_write_tokens: usage.cacheWrite5m,
              output_tokens: outputTotal(usage),
            },
            id,
            { providerId: theirs, timestamp: new Date(Number(NOW / 1_000_000n)) },
          )
          const own = book.price({ provider: ours, model: id, usage, serviceTier: '', startNanos: NOW })
          if (!own || !found) continue
          expect(Number(own.nanoUsd) / 1e9, `${ours} ${id} ${inputUncached}`).toBeCloseTo(found.total_price, 7)
          compared++
        }
    expect(compared).toBeGreaterThan(400)
  })

  it('has a list, or a reason to have none, for every provider that the dialects know', () => {
    for (const provider of new Set(Object.values(PROVIDER_IDS)))
      expect(libraryModelsOf(provider).length > 0 || provider in WITHOUT_PRICE_LIST, provider).toBe(true)
  })

  it('finds models under every id that is in use', () => {
    for (const [provider, model] of [
      ['gcp.gemini', 'gemini-2.5-flash'],
      ['gcp.gemini', 'models/gemini-2.5-flash'],
      ['gcp.gen_ai', 'gemini-2.5-flash'],
      ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash'],
      ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929'],
      ['azure.ai.openai', 'gpt-4.1'],
      ['azure.ai.inference', 'gpt-4.1'],
      ['x_ai', 'grok-4'],
      ['aws.bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
      ['mistral_ai', 'mistral-large-latest'],
      ['openai', 'openai/gpt-4.1'],
      ['openai', 'gpt-4.1-2025-04-14'],
    ] as const)
      expect(price(provider, model, { inputUncached: 1000 })?.nanoUsd, `${provider} ${model}`).toBeGreaterThan(0n)
  })

  it('has no price, rather than $0, for what it does not know, and says why and what is like it', () => {
    const why = (...given: Parameters<typeof callOf>) => [price(...given), book.explain(callOf(...given)).reason]
    expect(why('openai', 'gpt-made-up', { inputUncached: 1 })).toEqual([undefined, 'unknown model'])
    expect(why('', 'gpt-4.1', { inputUncached: 1 })).toEqual([undefined, 'unknown provider'])
    expect(why('ollama', 'llama3', { inputUncached: 1 })).toEqual([undefined, 'unknown provider'])
    expect(why('openai', 'gpt-4.1', { inputUncached: 1 }, { serviceTier: 'scale' })).toEqual([
      undefined,
      'tier without a price',
    ])
    // Billed by the hour of sound, not by tokens: the library's own sum is $0.
    expect(why('openai', 'whisper-1', { inputUncached: 1 })[0]).toBeUndefined()
    // The text price for sound would be a fraction of what it costs.
    expect(why('openai', 'gpt-4o-audio-preview', { inputAudio: 1 })).toEqual([undefined, 'bucket without a price'])
    expect(book.similar('openai', 'gpt-4.1-turbo').map(({ model }) => model)).toContain('gpt-4.1')
    expect(book.similar('my-proxy', 'claude-sonnet-4.5')[0]?.model).toMatch(/claude-sonnet-4/)
  })

  it('adds the fee of a request to its tokens', () => {
    // sonar: 1 USD per million either way and 12 USD per 1,000 requests at the time of the book; whatever it is, it is a line of its own.
    const { lines, nanoUsd } = book.explain(callOf('perplexity', 'sonar', { inputUncached: 1000, outputText: 1000 }))
    const fee = lines.find(({ bucket }) => bucket === null)?.nanoUsd ?? 0n
    expect(fee).toBeGreaterThan(0n)
    expect(nanoUsd).toBe(2_000_000n + fee)
  })

  it('explains where the price is from', () => {
    const { entry, lines } = book.explain(
      callOf('anthropic', 'claude-sonnet-4-5', { inputUncached: 200_001, reasoning: 10 }, { serviceTier: 'batch' }),
    )
    expect(entry).toMatchObject({
      origin: 'built-in',
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      serviceTier: 'batch',
      contextTier: '> 200000 input tokens',
      currency: 'USD',
    })
    expect(entry?.source).toMatch(/^https:\/\/.+; batch: ×0\.5, /)
    // Reasoning has no price of its own: it is output.
    expect(lines.at(-1)).toMatchObject({ bucket: 'reasoning', of: 'outputText', rate: 11_250_000_000 })
  })
})
