import type { LineClass } from './bill.ts'

/**
 * What a bill calls things → model, tier and class, as data. OpenAI writes the model and the kind of token (`gpt-4.1-2025-04-14, cached input`), Anthropic a
 * sentence (`Claude Sonnet 4.5 Usage - Input Tokens`) with the same facts beside it in fields of their own.
 */
export interface LineItem {
  readonly model: string
  readonly tier: string
  readonly lineClass: LineClass
}

/** What is found of these words in a line item; the first that fits. */
const CLASS_WORDS: readonly (readonly [RegExp, LineClass])[] = [
  [/cache[_ -]?(creation|write)[^,]*\b1[_ -]?h/i, 'cacheWrite1h'],
  [/cache[_ -]?(creation|write)/i, 'cacheWrite5m'],
  [/cached|cache[_ -]?(read|hit)/i, 'cacheRead'],
  [/\b(code interpreter|file search|vector store|web[_ -]?search|code[_ -]?execution|session)\b/i, 'other'],
  [/\b(output|completion)\b|output[_ ]tokens/i, 'output'],
  [/\b(input|prompt)\b|input[_ ]tokens/i, 'input'],
]
const TIER_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bbatch\b/i, 'batch'],
  [/\bflex\b/i, 'flex'],
  [/\bpriority\b/i, 'priority'],
  [/\bfast( mode)?\b/i, 'fast'],
]
/** Anthropic's `token_type`. */
const TOKEN_TYPES: Readonly<Record<string, LineClass>> = {
  uncached_input_tokens: 'input',
  cache_read_input_tokens: 'cacheRead',
  'cache_creation.ephemeral_5m_input_tokens': 'cacheWrite5m',
  'cache_creation.ephemeral_1h_input_tokens': 'cacheWrite1h',
  output_tokens: 'output',
}
/** Words that say how a model was used, not which one it was; they end its name. */
const AFTER_MODEL =
  /\s*(?:[,|(]|\s-\s|\s[–—]\s|\s(?:usage|api|batch|flex|priority|fast|cached|input|output|prompt|completion|tokens?|cache)\b).*$/i
/** A line item names a model where it begins like one. */
const MODEL_START =
  /^(?:ft:|models\/|[\w.-]+\/)?(?:gpt|chatgpt|o\d|codex|computer-use|text-embedding|omni-moderation|whisper|tts|dall-e|davinci|babbage|claude|gemini|gemma|imagen|llama|mistral|mixtral|ministral|codestral|magistral|command|embed|rerank|deepseek|grok|qwen|kimi|glm|nova|titan|sonar|phi|jamba)/i

export const lineItemOf = (text: string): LineItem => {
  const model = text.replace(AFTER_MODEL, '').trim()
  return {
    model: MODEL_START.test(model) ? modelWord(model) : '',
    tier: firstOf(TIER_WORDS, text) ?? '',
    lineClass: firstOf(CLASS_WORDS, text) ?? '',
  }
}

/** `Claude Sonnet 4.5` → `claude-sonnet-4.5`; what is one word already stays as it is. */
const modelWord = (text: string): string => (/\s/.test(text) ? text.toLowerCase().replace(/\s+/g, '-') : text)

export const classOfTokenType = (tokenType: string): LineClass =>
  TOKEN_TYPES[tokenType] ?? firstOf(CLASS_WORDS, tokenType) ?? (tokenType === '' ? '' : 'other')

const firstOf = <T>(words: readonly (readonly [RegExp, T])[], text: string): T | undefined =>
  words.find(([pattern]) => pattern.test(text))?.[1]
