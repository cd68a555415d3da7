/** Our provider ids → those of @pydantic/genai-prices. What is in neither list is asked for by its own name. */
export const LIBRARY_PROVIDERS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  'gcp.gemini': 'google',
  'gcp.gen_ai': 'google',
  'gcp.vertex_ai': 'google',
  'aws.bedrock': 'aws',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  cohere: 'cohere',
  mistral_ai: 'mistral',
  deepseek: 'deepseek',
  groq: 'groq',
  x_ai: 'x-ai',
  perplexity: 'perplexity',
  moonshot_ai: 'moonshotai',
  together_ai: 'together',
  fireworks: 'fireworks',
  openrouter: 'openrouter',
  cerebras: 'cerebras',
  novita: 'novita',
}

/** Providers that the library cannot know a price for, and why; an override can. */
export const WITHOUT_PRICE_LIST: Readonly<Record<string, string>> = {
  ollama: 'models on machines of your own have no price list',
  'ibm.watsonx.ai': 'the built-in book has no prices of watsonx',
  hugging_face: 'the price depends on who serves the model behind the router',
  replicate: 'Replicate charges for time, not for tokens',
}
