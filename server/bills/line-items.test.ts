import { describe, expect, it } from 'vitest'
import { classOfTokenType, lineItemOf } from './line-items.ts'

describe('a line item', () => {
  it.each([
    ['gpt-4.1-2025-04-14, input', 'gpt-4.1-2025-04-14', '', 'input'],
    ['gpt-4o-mini-2024-07-18, cached input', 'gpt-4o-mini-2024-07-18', '', 'cacheRead'],
    ['gpt-4o-2024-08-06, Output', 'gpt-4o-2024-08-06', '', 'output'],
    ['gpt-realtime-2.1, audio input', 'gpt-realtime-2.1', '', 'input'],
    ['gpt-4.1, batch input', 'gpt-4.1', 'batch', 'input'],
    ['gpt-4.1 priority, output', 'gpt-4.1', 'priority', 'output'],
    ['o3-mini', 'o3-mini', '', ''],
    ['GPT-5.4', 'GPT-5.4', '', ''],
    ['text-embedding-3-small', 'text-embedding-3-small', '', ''],
    ['Claude Sonnet 4.5 Usage - Input Tokens', 'claude-sonnet-4.5', '', 'input'],
    ['Claude Sonnet 4.5 Usage - Input Tokens, Cache Read', 'claude-sonnet-4.5', '', 'cacheRead'],
    ['Claude Opus 4.1 Usage (Batch) - Output Tokens', 'claude-opus-4.1', 'batch', 'output'],
    ['Web Search Usage', '', '', 'other'],
    ['Code Execution Usage', '', '', 'other'],
    ['assistants api | file search', '', '', 'other'],
    ['Credit: promotional grant', '', '', ''],
    ['', '', '', ''],
  ])('%s', (text, model, tier, lineClass) => expect(lineItemOf(text)).toEqual({ model, tier, lineClass }))

  it.each([
    ['cache_creation.ephemeral_1h_input_tokens', 'cacheWrite1h'],
    ['cache_creation.ephemeral_5m_input_tokens', 'cacheWrite5m'],
    ['uncached_input_tokens', 'input'],
    ['something_new', 'other'],
    ['', ''],
  ])('of token type %s', (type, lineClass) => expect(classOfTokenType(type)).toBe(lineClass))
})
