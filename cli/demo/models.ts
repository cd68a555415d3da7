import type { DemoModel } from './story-model.ts'

const openAi = { provider: 'openai', cacheWrites: false }
const anthropic = { provider: 'anthropic', cacheWrites: true, reasons: false }

/** All but the last have a price in @pydantic/genai-prices; the local one has none, and its calls stay unpriced. */
export const models = {
  gpt41: { ...openAi, name: 'gpt-4.1', answersAs: 'gpt-4.1-2025-04-14', tokensPerSecond: 95, reasons: false },
  gpt41mini: {
    ...openAi,
    name: 'gpt-4.1-mini',
    answersAs: 'gpt-4.1-mini-2025-04-14',
    tokensPerSecond: 140,
    reasons: false,
  },
  gpt5mini: { ...openAi, name: 'gpt-5-mini', answersAs: 'gpt-5-mini-2025-08-07', tokensPerSecond: 120, reasons: true },
  sonnet: { ...anthropic, name: 'claude-sonnet-4-5', answersAs: 'claude-sonnet-4-5-20250929', tokensPerSecond: 75 },
  haiku: { ...anthropic, name: 'claude-haiku-4-5', answersAs: 'claude-haiku-4-5-20251001', tokensPerSecond: 160 },
  geminiFlash: {
    provider: 'gcp.gemini',
    name: 'gemini-2.5-flash',
    answersAs: 'gemini-2.5-flash',
    tokensPerSecond: 180,
    reasons: true,
    cacheWrites: false,
  },
  embedding: {
    ...openAi,
    name: 'text-embedding-3-small',
    answersAs: 'text-embedding-3-small',
    tokensPerSecond: 1,
    reasons: false,
  },
  local: {
    provider: 'ollama',
    name: 'qwen3:32b',
    answersAs: 'qwen3:32b',
    tokensPerSecond: 38,
    reasons: false,
    cacheWrites: false,
  },
} as const satisfies Readonly<Record<string, DemoModel>>
