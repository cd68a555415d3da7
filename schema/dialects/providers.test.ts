import { describe, expect, it } from 'vitest'
import { canonicalProvider } from './providers.ts'

describe('a provider', () => {
  it('has one id, whoever names it', () => {
    for (const said of ['openai', 'OpenAI', 'openai.responses', 'openai.chat'])
      expect(canonicalProvider(said, '')).toBe('openai')
    for (const said of ['google.vertex.chat', 'vertex_ai', 'gcp.vertex_ai'])
      expect(canonicalProvider(said, '')).toBe('gcp.vertex_ai')
    expect(canonicalProvider('AWS', '')).toBe('aws.bedrock')
    expect(canonicalProvider('az.ai.openai', '')).toBe('azure.ai.openai')
  })

  it('is inferred from the model where a framework wrote its own name', () => {
    expect(canonicalProvider('strands-agents', 'claude-sonnet-4-5')).toBe('anthropic')
    expect(canonicalProvider('', 'gemini-2.5-flash')).toBe('gcp.gemini')
    expect(canonicalProvider('langchain', 'openai/gpt-4.1')).toBe('openai')
    expect(canonicalProvider('crewai', 'us.anthropic.claude-sonnet-4-5')).toBe('aws.bedrock')
    expect(canonicalProvider('langchain', 'my-own-model')).toBe('')
  })

  it('that nobody knows keeps its name', () => {
    expect(canonicalProvider('my-gateway', 'my-own-model')).toBe('my-gateway')
  })
})
