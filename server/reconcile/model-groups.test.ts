import { describe, expect, it } from 'vitest'
import { modelGroups, plainName } from './model-groups.ts'

describe('names of models', () => {
  it.each([
    ['GPT-4.1', 'gpt-4-1'],
    ['openai/gpt-4.1', 'gpt-4-1'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
    ['models/gemini-2.5-pro', 'gemini-2-5-pro'],
  ])('%s', (name, plain) => expect(plainName(name)).toBe(plain))

  it('without a date take the whole family, and dated ones alone stay apart', () => {
    const dated = modelGroups(['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'])
    expect(dated('gpt-4o-2024-08-06')).not.toBe(dated('gpt-4o-2024-11-20'))
    const alias = modelGroups(['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20', 'gpt-4o'])
    expect(new Set(['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'].map(alias)).size).toBe(1)
    const claude = modelGroups(['claude-sonnet-4.5', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4'])
    expect(claude('claude-sonnet-4.5')).toBe(claude('claude-sonnet-4-5-20250929'))
    expect(claude('claude-sonnet-4')).not.toBe(claude('claude-sonnet-4.5'))
    const mini = modelGroups(['gpt-4o', 'gpt-4o-mini'])
    expect(mini('gpt-4o')).not.toBe(mini('gpt-4o-mini'))
  })
})
