/** Who issues the invoice of a provider, and what the service is called on it; provider ids as in dialects/providers.ts. Others stand under their own id. */
export const VENDORS: Readonly<Record<string, { readonly vendor: string; readonly service: string }>> = {
  openai: { vendor: 'OpenAI', service: 'OpenAI API' },
  anthropic: { vendor: 'Anthropic', service: 'Anthropic API' },
  'gcp.gemini': { vendor: 'Google', service: 'Gemini API' },
  'gcp.gen_ai': { vendor: 'Google', service: 'Gemini API' },
  'gcp.vertex_ai': { vendor: 'Google Cloud', service: 'Vertex AI' },
  'azure.ai.openai': { vendor: 'Microsoft', service: 'Azure OpenAI' },
  'azure.ai.inference': { vendor: 'Microsoft', service: 'Azure AI Foundry' },
  'aws.bedrock': { vendor: 'AWS', service: 'Amazon Bedrock' },
  cohere: { vendor: 'Cohere', service: 'Cohere API' },
  mistral_ai: { vendor: 'Mistral AI', service: 'Mistral API' },
  deepseek: { vendor: 'DeepSeek', service: 'DeepSeek API' },
  groq: { vendor: 'Groq', service: 'Groq API' },
  x_ai: { vendor: 'xAI', service: 'xAI API' },
  perplexity: { vendor: 'Perplexity', service: 'Perplexity API' },
  moonshot_ai: { vendor: 'Moonshot AI', service: 'Moonshot API' },
  'ibm.watsonx.ai': { vendor: 'IBM', service: 'watsonx.ai' },
  together_ai: { vendor: 'Together AI', service: 'Together API' },
  fireworks: { vendor: 'Fireworks AI', service: 'Fireworks API' },
  openrouter: { vendor: 'OpenRouter', service: 'OpenRouter API' },
  cerebras: { vendor: 'Cerebras', service: 'Cerebras API' },
}

/** What no provider bills: the service per component, and its place among FOCUS' categories. */
export const OWN_SERVICES = {
  model: {
    service: 'Models without a provider',
    category: 'AI and Machine Learning',
    subcategory: 'Other (AI and Machine Learning)',
    unit: 'Requests',
    meter: 'Model Requests',
  },
  tools: {
    service: 'Agent tools',
    category: 'Integration',
    subcategory: 'Other (Integration)',
    unit: 'Requests',
    meter: 'Tool Calls',
  },
  review: {
    service: 'Human review',
    category: 'Business Applications',
    subcategory: 'Productivity and Collaboration',
    unit: 'Reviews',
    meter: 'Human Reviews',
  },
  evaluation: {
    service: 'Agent evaluation',
    category: 'AI and Machine Learning',
    subcategory: 'AI Platforms',
    unit: 'Requests',
    meter: 'Evaluations',
  },
  platform: {
    service: 'Agent platform',
    category: 'Management and Governance',
    subcategory: 'Observability',
    unit: 'Units',
    meter: 'Platform Charges',
  },
} as const

/** SkuMeter of each bucket of tokens. */
export const TOKEN_METERS = {
  inputUncached: 'Input Tokens',
  cacheRead: 'Cached Input Tokens',
  cacheWrite5m: 'Cache Write Tokens (5 minutes)',
  cacheWrite1h: 'Cache Write Tokens (1 hour)',
  inputAudio: 'Audio Input Tokens',
  inputImage: 'Image Input Tokens',
  outputText: 'Output Tokens',
  reasoning: 'Reasoning Tokens',
  outputAudio: 'Audio Output Tokens',
  outputImage: 'Image Output Tokens',
} as const
