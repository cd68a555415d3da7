/** What emitters call a provider → canonical id (OTel's `gen_ai.provider.name` values). Compared in lower case. */
export const PROVIDER_IDS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  'gcp.gemini': 'gcp.gemini',
  'gcp.gen_ai': 'gcp.gen_ai',
  'gcp.vertex_ai': 'gcp.vertex_ai',
  gemini: 'gcp.gemini',
  google: 'gcp.gemini',
  google_genai: 'gcp.gemini',
  google_generativeai: 'gcp.gemini',
  googleai: 'gcp.gemini',
  'google-genai': 'gcp.gemini',
  'google-gla': 'gcp.gemini',
  'google.generative-ai': 'gcp.gemini',
  vertex_ai: 'gcp.vertex_ai',
  vertexai: 'gcp.vertex_ai',
  google_vertexai: 'gcp.vertex_ai',
  'google-vertex': 'gcp.vertex_ai',
  'google.vertex': 'gcp.vertex_ai',
  'azure.ai.openai': 'azure.ai.openai',
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  azure_openai: 'azure.ai.openai',
  'azure-openai': 'azure.ai.openai',
  'azure.ai.inference': 'azure.ai.inference',
  'az.ai.inference': 'azure.ai.inference',
  azure_ai: 'azure.ai.inference',
  'aws.bedrock': 'aws.bedrock',
  aws: 'aws.bedrock',
  bedrock: 'aws.bedrock',
  bedrock_converse: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  amazon_bedrock: 'aws.bedrock',
  cohere: 'cohere',
  mistral_ai: 'mistral_ai',
  mistralai: 'mistral_ai',
  mistral: 'mistral_ai',
  deepseek: 'deepseek',
  groq: 'groq',
  x_ai: 'x_ai',
  xai: 'x_ai',
  grok: 'x_ai',
  perplexity: 'perplexity',
  moonshot_ai: 'moonshot_ai',
  moonshotai: 'moonshot_ai',
  'ibm.watsonx.ai': 'ibm.watsonx.ai',
  watsonx: 'ibm.watsonx.ai',
  together: 'together_ai',
  together_ai: 'together_ai',
  togetherai: 'together_ai',
  fireworks: 'fireworks',
  fireworks_ai: 'fireworks',
  openrouter: 'openrouter',
  hugging_face: 'hugging_face',
  huggingface: 'hugging_face',
  ollama: 'ollama',
  replicate: 'replicate',
  cerebras: 'cerebras',
  novita: 'novita',
}

/** Frameworks and gateways that write their own name where a provider belongs; the provider is then inferred from the model. */
export const NOT_PROVIDERS: ReadonlySet<string> = new Set([
  'strands-agents',
  'gcp.vertex.agent',
  'microsoft.agent_framework',
  'autogen',
  'langchain',
  'langgraph',
  'crewai',
  'llama_index',
  'llamaindex',
  'haystack',
  'pydantic-ai',
  'pydantic_ai',
  'agno',
  'smolagents',
  'mastra',
  'genkit',
  'litellm',
  'github',
  'gateway',
  'custom',
  'unknown',
])

/** How a model's name starts → who makes it; the longest start that fits wins. */
export const MODEL_STARTS: readonly (readonly [start: string, provider: string])[] = [
  ['gpt-', 'openai'],
  ['chatgpt-', 'openai'],
  ['o1', 'openai'],
  ['o3', 'openai'],
  ['o4', 'openai'],
  ['text-embedding-3', 'openai'],
  ['text-embedding-ada', 'openai'],
  ['whisper-', 'openai'],
  ['tts-', 'openai'],
  ['dall-e', 'openai'],
  ['codex-', 'openai'],
  ['claude-', 'anthropic'],
  ['gemini-', 'gcp.gemini'],
  ['text-embedding-00', 'gcp.gemini'],
  ['mistral-', 'mistral_ai'],
  ['ministral-', 'mistral_ai'],
  ['magistral-', 'mistral_ai'],
  ['codestral-', 'mistral_ai'],
  ['devstral-', 'mistral_ai'],
  ['pixtral-', 'mistral_ai'],
  ['command-', 'cohere'],
  ['embed-', 'cohere'],
  ['rerank-', 'cohere'],
  ['deepseek-', 'deepseek'],
  ['grok-', 'x_ai'],
  ['kimi-', 'moonshot_ai'],
  ['moonshot-', 'moonshot_ai'],
  ['sonar', 'perplexity'],
  // Bedrock: [region.]vendor.model
  ['anthropic.claude', 'aws.bedrock'],
  ['us.anthropic.', 'aws.bedrock'],
  ['eu.anthropic.', 'aws.bedrock'],
  ['amazon.', 'aws.bedrock'],
  ['us.amazon.', 'aws.bedrock'],
  ['meta.llama', 'aws.bedrock'],
]

const CACHE_MAX = 5_000
const cache = new Map<string, string>()

/** Canonical provider id; from the model where `said` is empty or a framework's name; '' where neither tells. */
export const canonicalProvider = (said: string, model: string): string => {
  const key = `${said}\0${model}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const name = said.toLowerCase().trim()
  // A name that nobody knows is a framework's or a gateway's: the model says more. Only for a model that is as unknown it is the provider.
  const provider = fromName(name) ?? fromModel(model.toLowerCase()) ?? (NOT_PROVIDERS.has(name) ? '' : name)
  if (cache.size < CACHE_MAX) cache.set(key, provider)
  return provider
}

const fromName = (said: string): string | undefined => {
  if (said === '' || NOT_PROVIDERS.has(said)) return undefined
  // The AI SDK names provider and API: openai.responses, google.vertex.chat, amazon-bedrock.
  for (let end = said.length; end > 0; end = said.lastIndexOf('.', end - 1)) {
    const id = PROVIDER_IDS[said.slice(0, end)]
    if (id) return id
  }
  return undefined
}

const fromModel = (model: string): string | undefined => {
  const slash = model.indexOf('/')
  if (slash > 0) {
    const named = PROVIDER_IDS[model.slice(0, slash)]
    if (named) return named
  }
  const bareModel = model.slice(model.lastIndexOf('/') + 1)
  let best: readonly [string, string] | undefined
  for (const entry of MODEL_STARTS)
    if (bareModel.startsWith(entry[0]) && (!best || entry[0].length > best[0].length)) best = entry
  return best?.[1]
}
