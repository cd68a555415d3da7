import OpenAI, { RateLimitError } from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { REFUND_SCRIPT, type ScriptedStep } from './script.ts'
import { type ModelServer, startModelServer } from './server.ts'

// The official SDK is the judge: what it reads is what agents read.

let server: ModelServer
afterEach(() => server.stop())

const start = async (script: readonly ScriptedStep[]): Promise<OpenAI> => {
  server = await startModelServer(script)
  return new OpenAI({ baseURL: server.baseUrl, apiKey: 'test', maxRetries: 0 })
}
const CALM = REFUND_SCRIPT.map((step) => ({ ...step, rateLimited: 0 }))
const user = { role: 'user', content: 'Refund my order A-1042.' } as const
const model = 'gpt-5-mini'

describe('the scripted model', () => {
  it('answers a chat with the script’s text, calls and usage, and goes on where the tool results end', async () => {
    const openai = await start(CALM)
    const first = await openai.chat.completions.create({ model, messages: [user] })
    const [choice] = first.choices
    expect(first.model).toBe('gpt-5-mini-2025-08-07')
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: 'Let me look that order up.' } })
    expect(first.usage).toMatchObject({
      prompt_tokens: 811,
      completion_tokens: 165,
      total_tokens: 976,
      completion_tokens_details: { reasoning_tokens: 128 },
    })
    const [call] = choice!.message.tool_calls!
    expect(call).toMatchObject({ function: { name: 'lookup_order', arguments: '{"order_id":"A-1042"}' } })
    const second = await openai.chat.completions.create({
      model,
      messages: [user, choice!.message, { role: 'tool', tool_call_id: call!.id, content: '{}' }],
    })
    expect(second.choices[0]!.message.tool_calls!.length).toBe(2)
    expect(second.usage!.prompt_tokens_details!.cached_tokens).toBe(768)
  })

  it('streams a chat that adds up to the same', async () => {
    const openai = await start(CALM)
    const stream = openai.chat.completions.stream({ model, messages: [user], stream_options: { include_usage: true } })
    const whole = await stream.finalChatCompletion()
    expect(whole.choices[0]!.message).toMatchObject({
      content: 'Let me look that order up.',
      tool_calls: [{ function: { name: 'lookup_order', arguments: '{"order_id":"A-1042"}' } }],
    })
    expect(whole.usage).toMatchObject({ prompt_tokens: 811, completion_tokens: 165 })
    expect(server.ledger).toMatchObject([{ api: 'chat.completions', stream: true, status: 200 }])
  })

  it('answers the Responses API, whole and as a stream', async () => {
    const openai = await start(CALM)
    const whole = await openai.responses.create({ model, input: [user] })
    const streamed = await openai.responses.stream({ model, input: [user] }).finalResponse()
    for (const response of [whole, streamed]) {
      expect(response.status).toBe('completed')
      expect(response.output_text).toBe('Let me look that order up.')
      expect(response.output.map((item) => item.type)).toEqual(['reasoning', 'message', 'function_call'])
      expect(response.usage).toMatchObject({
        input_tokens: 811,
        output_tokens: 165,
        output_tokens_details: { reasoning_tokens: 128 },
      })
    }
    const call = whole.output.find((item) => item.type === 'function_call')!
    const next = await openai.responses.create({
      model,
      input: [user, call, { type: 'function_call_output', call_id: call.call_id, output: '{}' }],
    })
    expect(next.output.filter((item) => item.type === 'function_call').length).toBe(2)
    expect(server.ledger.map(({ api, stream, toolCalls }) => [api, stream, toolCalls.length])).toEqual([
      ['responses', false, 1],
      ['responses', true, 1],
      ['responses', false, 2],
    ])
  })

  it('refuses as often as the script says, and writes that down too', async () => {
    const openai = await start([{ text: 'At last.', usage: CALM[2]!.usage, rateLimited: 2 }])
    const ask = () => openai.chat.completions.create({ model, messages: [user] })
    await expect(ask()).rejects.toThrow(RateLimitError)
    await expect(ask()).rejects.toThrow(RateLimitError)
    expect((await ask()).choices[0]!.message.content).toBe('At last.')
    expect(server.ledger.map(({ status, usage }) => [status, usage === null])).toEqual([
      [429, true],
      [429, true],
      [200, false],
    ])
  })

  it('says what it cannot answer', async () => {
    const openai = await start([])
    await expect(openai.chat.completions.create({ model, messages: [user] })).rejects.toMatchObject({ status: 400 })
    await expect(openai.models.list()).rejects.toMatchObject({ status: 404 })
    expect(server.ledger).toEqual([])
  })
})
