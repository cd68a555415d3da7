import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wholeBodies } from '../../schema/model/content-parts.ts'
import type { Score, Span } from '../../schema/model/span.ts'
import { USAGE_BUCKETS } from '../../schema/model/usage.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { normalise } from './normalise.ts'

// One small conversation told in each dialect (fixtures/*.json, OTLP/JSON): what goes in, and what every field means.

describe('OTel GenAI', () => {
  const { byName, bodies } = read('otel-genai')

  it('reads agent, model, conversation and environment', () => {
    const agent = byName('invoke_agent forecaster')
    expect(agent).toMatchObject({
      dialect: 'otel-genai',
      kind: 'agent',
      agent: 'forecaster',
      agentVersion: '7',
      sessionId: 'conv-9',
      env: 'staging',
      inputPreview: 'Will it rain in Oslo?',
      outputPreview: 'Yes, from noon on.',
    })
    expect(agent.provider, 'a framework is no provider').toBe('')
  })

  it('takes input as holding the cached tokens, under current and old names', () => {
    const [current, old] = [byName('chat claude-sonnet-4-5', 0), byName('chat claude-sonnet-4-5', 1)]
    expect(current).toMatchObject({
      kind: 'llm',
      provider: 'anthropic',
      model: 'claude-sonnet-4-5-20250929',
      answered: true,
    })
    expect(current.finishReason).toBe('tool_use')
    expect(used(current)).toEqual({ inputUncached: 100, cacheRead: 800, cacheWrite5m: 200, outputText: 30 })
    expect(old).toMatchObject({ kind: 'llm', provider: 'anthropic', model: 'claude-sonnet-4-5' })
    expect(used(old)).toEqual({ inputUncached: 1200, outputText: 45 })
  })

  it('knows the renamed cache write and its lifetimes, and time to first chunk in seconds', () => {
    const sdk = byName('messages.create')
    expect(used(sdk)).toEqual({
      inputUncached: 100,
      cacheRead: 800,
      cacheWrite5m: 150,
      cacheWrite1h: 50,
      outputText: 30,
    })
    expect(sdk.ttftNanos).toBe(125_000_000n)
  })

  it('reads the tool call and keeps the offered definitions in one canonical shape', () => {
    expect(byName('execute_tool get_weather')).toMatchObject({
      kind: 'tool',
      tool: 'get_weather',
      toolCallId: 'toolu_01A09q90qw90lq917835lq9',
      toolArguments: '{"city":"Oslo"}',
      outputPreview: '{"rain":true}',
    })
    const { toolDefinitionsRef } = byName('chat claude-sonnet-4-5', 0)
    expect(JSON.parse(bodies.get(toolDefinitionsRef) ?? '')).toEqual([WEATHER_TOOL])
  })
})

describe('OpenInference', () => {
  const { byName, bodies, scores } = read('openinference')

  it('reads the flattened lists in the order of their numbers, and the metadata object', () => {
    expect(byName('Model.chat')).toMatchObject({
      dialect: 'openinference',
      kind: 'llm',
      provider: 'openai',
      inputPreview: 'Will it rain in Oslo?',
      responseId: 'chatcmpl-Ahn4Rd7PqXvB2',
      answered: true,
    })
    expect(byName('forecaster')).toMatchObject({
      sessionId: 'conv-9',
      userId: 'ada',
      team: 'support',
      customer: 'cust-7',
    })
    expect(JSON.parse(bodies.get(byName('Model.chat').toolDefinitionsRef) ?? '')).toEqual([WEATHER_TOOL])
  })

  it('takes token details as parts of prompt and completion', () => {
    expect(used(byName('Model.chat'))).toEqual({ inputUncached: 300, cacheRead: 800, outputText: 18, reasoning: 12 })
  })

  it('sees that a span of kind LLM answered nothing', () => {
    expect(byName('Model.prepare')).toMatchObject({ kind: 'llm', answered: false, hasUsage: false })
  })

  it('reads a failed tool and its arguments, and a guardrail that let pass', () => {
    expect(byName('get_weather')).toMatchObject({
      kind: 'tool',
      failed: true,
      errorType: 'ValidationError',
      toolArguments: '{"town":"Oslo"}',
    })
    expect(byName('no_secrets')).toMatchObject({ kind: 'guardrail', guardrail: 'no_secrets', verdict: 'pass' })
  })

  it('makes a score of an annotation', () => {
    expect(scores).toEqual([
      expect.objectContaining({
        name: 'helpful',
        value: 0.5,
        label: 'partly',
        source: 'human',
        spanId: byName('Model.chat').spanId,
      }),
    ])
  })
})

describe('OpenLLMetry', () => {
  const { byName, bodies } = read('openllmetry')

  it('reads kinds, names and what was associated', () => {
    expect(byName('weather_chat.workflow')).toMatchObject({
      dialect: 'openllmetry',
      kind: 'workflow',
      workflow: 'weather_chat',
      inputPreview: 'Will it rain in Oslo?',
    })
    expect(byName('forecaster.agent')).toMatchObject({
      kind: 'agent',
      agent: 'forecaster',
      sessionId: 'conv-9',
      userId: 'ada',
      team: 'support',
      customer: 'cust-7',
    })
    expect(byName('get_weather.tool')).toMatchObject({
      kind: 'tool',
      tool: 'get_weather',
      toolArguments: '{"args":[],"kwargs":{"city":"Oslo"}}',
    })
  })

  it('knows by its scope that the Bedrock instrumentor leaves cached tokens out of the input', () => {
    const call = byName('bedrock.chat')
    expect(call).toMatchObject({
      kind: 'llm',
      provider: 'aws.bedrock',
      inputSemantics: 'exclusive:dialect',
      outputPreview: 'Yes, from noon on.',
    })
    expect(used(call)).toEqual({ inputUncached: 900, cacheRead: 800, outputText: 30 })
    expect(JSON.parse(bodies.get(call.toolDefinitionsRef) ?? '')).toEqual([WEATHER_TOOL])
  })
})

describe('Vercel AI SDK', () => {
  const { byName, bodies } = read('vercel-ai')

  it('takes the outer operation for an agent and the inner one for the call', () => {
    expect(byName('ai.generateText')).toMatchObject({
      dialect: 'vercel-ai',
      kind: 'agent',
      agent: 'forecaster',
      sessionId: 'conv-9',
      userId: 'ada',
      team: 'support',
      customer: 'cust-7',
      inputPreview: 'Will it rain in Oslo?',
    })
    expect(byName('ai.generateText.doGenerate', 1)).toMatchObject({
      kind: 'llm',
      provider: 'anthropic',
      responseId: 'msg_01Cq9w938a90dw8s',
    })
    expect(byName('ai.toolCall')).toMatchObject({ kind: 'tool', tool: 'get_weather', toolArguments: '{"city":"Oslo"}' })
  })

  it('believes the count without cache, and finds the lifetimes in the provider’s own reply', () => {
    const call = byName('ai.generateText.doGenerate', 1)
    expect(call.inputSemantics).toBe('exclusive:uncached')
    expect(used(call)).toEqual({
      inputUncached: 100,
      cacheRead: 800,
      cacheWrite5m: 150,
      cacheWrite1h: 50,
      outputText: 30,
    })
    expect(JSON.parse(bodies.get(call.toolDefinitionsRef) ?? '')).toEqual([WEATHER_TOOL])
  })

  it('reads a failed attempt', () => {
    expect(byName('ai.generateText.doGenerate', 0)).toMatchObject({
      failed: true,
      errorType: 'AI_APICallError',
      hasUsage: false,
    })
  })
})

const WEATHER_TOOL = {
  name: 'get_weather',
  description: 'Weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

interface Read {
  /** The span of a name; of several the one at `index` in order of start. */
  readonly byName: (name: string, index?: number) => Span
  readonly bodies: ReadonlyMap<string, string>
  readonly scores: readonly Score[]
}

function read(dialect: string): Read {
  const bytes = readFileSync(new URL(`fixtures/${dialect}.json`, import.meta.url))
  const { spans, contents, scores, rejections } = normalise(decodeJson('traces', bytes), {
    projectId: 1,
    receivedAtMs: Date.parse('2026-11-22'),
    retentionDays: 30,
  })
  expect(rejections).toEqual([])
  const byName = (name: string, index = 0): Span => {
    const span = spans
      .filter((candidate) => candidate.name === name)
      .sort((a, b) => Number(a.startNanos - b.startNanos))[index]
    if (!span) throw new Error(`no span ${name} in ${dialect}`)
    return span
  }
  return { byName, bodies: wholeBodies(contents), scores }
}

const used = (span: Span): Record<string, number> =>
  Object.fromEntries(
    USAGE_BUCKETS.map((bucket) => [bucket, span.usage[bucket]] as const).filter(([, count]) => count > 0),
  )
