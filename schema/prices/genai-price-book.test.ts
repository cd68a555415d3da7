import { calcPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { emptyUsage, type UsageBuckets } from '../model/usage.ts'
import { genaiPriceBook } from './genai-price-book.ts'

const book = genaiPriceBook()
const NOW = BigInt(Date.parse('2026-09-01')) * 1_000_000n

const price = (
  provider: string,
  model: string,
  used: Partial<UsageBuckets>,
  more: { serviceTier?: string; startNanos?: bigint } = {},
) => book.price({ provider, model, usage: { ...emptyUsage(), ...used }, serviceTier: '', startNanos: NOW, ...more })

describe('the built-in price book', () => {
  it('prices disjoint buckets as the library prices totals that include them', () => {
    // dialects.md §7: 1012 input tokens of which 1000 were cached, 5 output tokens → $0.000411.
    expect(
      price('anthropic', 'claude-sonnet-4-5-20250929', { inputUncached: 12, cacheRead: 1000, outputText: 5 }),
    ).toEqual({
      nanoUsd: 411_000n,
      ref: expect.stringMatching(/^genai-prices@\d+\.\d+\.\d+\/anthropic\/claude-sonnet-4-5$/),
    })
  })

  it('knows what the lifetimes of cache writes cost', () => {
    expect(price('anthropic', 'claude-sonnet-4-5', { cacheWrite5m: 1000 })?.nanoUsd).toBe(3_750_000n)
    expect(price('anthropic', 'claude-sonnet-4-5', { cacheWrite1h: 1000 })?.nanoUsd).toBe(6_000_000n)
  })

  it('equals the library below and above a price tier, for any mix of buckets', () => {
    for (const inputUncached of [1, 777, 199_000, 200_001, 350_000]) {
      const used = { inputUncached, cacheRead: 123, cacheWrite5m: 45, outputText: 678, reasoning: 90 }
      const usd = calcPrice(
        {
          input_tokens: inputUncached + 168,
          cache_read_tokens: 123,
          cache_write_tokens: 45,
          output_tokens: 768,
          output_reasoning_tokens: 90,
        },
        'claude-sonnet-4-5',
        { providerId: 'anthropic', timestamp: new Date(Number(NOW / 1_000_000n)) },
      )?.total_price
      expect(Number(price('anthropic', 'claude-sonnet-4-5', used)?.nanoUsd)).toBeCloseTo((usd ?? 0) * 1e9, -1)
    }
  })

  it('maps provider ids that the library does not know', () => {
    for (const [provider, model] of [
      ['gcp.gemini', 'gemini-2.5-flash'],
      ['gcp.vertex_ai', 'gemini-2.5-flash'],
      ['azure.ai.openai', 'gpt-4.1'],
      ['x_ai', 'grok-4'],
      ['aws.bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
      ['openai', 'openai/gpt-4.1'],
    ] as const)
      expect(price(provider, model, { inputUncached: 1000 })?.nanoUsd, `${provider} ${model}`).toBeGreaterThan(0n)
  })

  it('has no price, rather than $0, for what it does not know', () => {
    expect(price('openai', 'gpt-made-up', { inputUncached: 1000 })).toBeUndefined()
    expect(price('', 'gpt-4.1', { inputUncached: 1000 })).toBeUndefined()
    expect(price('openai', 'gpt-4.1', { inputUncached: 1000 }, { serviceTier: 'priority' })).toBeUndefined()
  })

  it('halves batch and flex, and says so in the reference', () => {
    const full = price('openai', 'gpt-4.1', { inputUncached: 1000 })
    const batch = price('openai', 'gpt-4.1', { inputUncached: 1000 }, { serviceTier: 'batch' })
    expect([full?.nanoUsd, batch?.nanoUsd, batch?.ref]).toEqual([2_000_000n, 1_000_000n, `${full?.ref}×0.5`])
  })
})
