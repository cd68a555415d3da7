// Recordings name models the way LiteLLM does: `provider/model`, or a bare name from which the provider follows.

const providerByPrefix: Readonly<Record<string, string>> = {
  openai: 'openai',
  azure: 'azure.ai.openai',
  anthropic: 'anthropic',
  bedrock: 'aws.bedrock',
  gemini: 'gcp.gemini',
  vertex_ai: 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  groq: 'groq',
  deepseek: 'deepseek',
  xai: 'x_ai',
  cohere: 'cohere',
  ollama: 'ollama',
  ollama_chat: 'ollama',
  hosted_vllm: 'vllm',
}

const providerByName: readonly (readonly [RegExp, string])[] = [
  [/^(ft:)?(gpt-|o[1-9]|chatgpt|davinci)/, 'openai'],
  [/^claude/, 'anthropic'],
  [/^gemini/, 'gcp.gemini'],
  [/^(mistral|ministral|codestral)/, 'mistral_ai'],
  [/^deepseek/, 'deepseek'],
  [/^command/, 'cohere'],
  [/^grok/, 'x_ai'],
]

/** Provider ids are those of OpenTelemetry's GenAI conventions where they have one. */
export function splitModelName(recorded: string): { readonly provider?: string; readonly model: string } {
  const slash = recorded.indexOf('/')
  const prefix = slash > 0 ? providerByPrefix[recorded.slice(0, slash)] : undefined
  if (prefix) return { provider: prefix, model: recorded.slice(slash + 1) }
  const provider = providerByName.find(([pattern]) => pattern.test(recorded))?.[1]
  return provider ? { provider, model: recorded } : { model: recorded }
}
