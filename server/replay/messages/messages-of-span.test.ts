import { describe, expect, test } from 'vitest'
import type { Carrier } from './carrier.ts'
import { messagesOfSpan } from './messages-of-span.ts'

// One short conversation as each dialect carries it: an instruction, a question, a tool called and answered, an answer.

const carrier = (attrs: Record<string, unknown>, more: Partial<Carrier> = {}): Carrier => ({
  attrs: Object.fromEntries(
    Object.entries(attrs).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  ),
  events: [],
  logs: [],
  ...more,
})

const system = { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] }
const user = { role: 'user', parts: [{ type: 'text', text: 'Where is A-1?' }] }
const asks = {
  role: 'assistant',
  parts: [
    { type: 'text', text: 'Let me look.' },
    { type: 'tool_call', id: 'c1', name: 'lookup', arguments: '{"id":"A-1"}' },
  ],
}
const result = { role: 'tool', parts: [{ type: 'tool_result', id: 'c1', result: '{"status":"sent"}' }] }
const answer = { role: 'assistant', parts: [{ type: 'text', text: 'It was sent.' }] }

const openAiHistory = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Where is A-1?' },
  {
    role: 'assistant',
    content: 'Let me look.',
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'lookup', arguments: '{"id":"A-1"}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: '{"status":"sent"}' },
]
const otelHistory = [
  { role: 'user', parts: [{ type: 'text', content: 'Where is A-1?' }] },
  {
    role: 'assistant',
    parts: [
      { type: 'text', content: 'Let me look.' },
      { type: 'tool_call', id: 'c1', name: 'lookup', arguments: { id: 'A-1' } },
    ],
  },
  { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: { status: 'sent' } }] },
]

const DIALECTS: readonly (readonly [string, Carrier])[] = [
  [
    'OpenTelemetry attributes, JSON text',
    carrier({
      'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
      'gen_ai.input.messages': otelHistory,
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'text', content: 'It was sent.' }], finish_reason: 'stop' },
      ],
    }),
  ],
  [
    'OpenTelemetry attributes, encoded twice, with the result under an older name',
    carrier({
      'gen_ai.input.messages': JSON.stringify(
        JSON.stringify([{ role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] }, ...otelHistory]).replace(
          '"response"',
          '"result"',
        ),
      ),
      'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'It was sent.' }] }],
    }),
  ],
  [
    'the operation details event, as a log record',
    carrier(
      {},
      {
        logs: [
          {
            event_name: '',
            body: '',
            attrs: {
              'event.name': 'gen_ai.client.inference.operation.details',
              'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
              'gen_ai.input.messages': JSON.stringify(otelHistory),
              'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"It was sent."}]}]',
            },
          },
        ],
      },
    ),
  ],
  [
    'one log record per message (until 1.36)',
    carrier(
      {},
      {
        logs: [
          ...openAiHistory.map((message) => ({
            event_name: `gen_ai.${message.role}.message`,
            body: JSON.stringify(message.role === 'tool' ? { content: message.content, id: 'c1' } : message),
            attrs: {},
          })),
          {
            event_name: 'gen_ai.choice',
            body: '{"index":0,"message":{"role":"assistant","content":"It was sent."}}',
            attrs: {},
          },
        ],
      },
    ),
  ],
  [
    'one span event per message (Strands)',
    carrier(
      {},
      {
        events: [
          { name: 'gen_ai.system.message', attributes: { content: '[{"text": "Be brief."}]' } },
          { name: 'gen_ai.user.message', attributes: { content: '[{"text": "Where is A-1?"}]' } },
          {
            name: 'gen_ai.assistant.message',
            attributes: {
              content:
                '[{"text": "Let me look."}, {"toolUse": {"toolUseId": "c1", "name": "lookup", "input": {"id": "A-1"}}}]',
            },
          },
          {
            name: 'gen_ai.tool.message',
            attributes: {
              content:
                '[{"toolResult": {"toolUseId": "c1", "status": "success", "content": [{"text": "{\\"status\\":\\"sent\\"}"}]}}]',
            },
          },
          { name: 'gen_ai.choice', attributes: { finish_reason: 'end_turn', message: '[{"text": "It was sent."}]' } },
        ],
      },
    ),
  ],
  [
    'OpenInference, keys out of order',
    carrier({
      'llm.input_messages.10.message.role': 'tool',
      'llm.input_messages.10.message.tool_call_id': 'c1',
      'llm.input_messages.10.message.content': '{"status":"sent"}',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.name': 'lookup',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments': '{"id":"A-1"}',
      'llm.input_messages.2.message.tool_calls.0.tool_call.id': 'c1',
      'llm.input_messages.2.message.contents.0.message_content.type': 'text',
      'llm.input_messages.2.message.contents.0.message_content.text': 'Let me look.',
      'llm.input_messages.2.message.role': 'assistant',
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.1.message.content': 'Where is A-1?',
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': 'Be brief.',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'It was sent.',
    }),
  ],
  [
    'OpenLLMetry',
    carrier({
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'Be brief.',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'Where is A-1?',
      'gen_ai.prompt.2.role': 'assistant',
      'gen_ai.prompt.2.content': 'Let me look.',
      'gen_ai.prompt.2.tool_calls.0.id': 'c1',
      'gen_ai.prompt.2.tool_calls.0.name': 'lookup',
      'gen_ai.prompt.2.tool_calls.0.arguments': '{"id":"A-1"}',
      'gen_ai.prompt.3.role': 'tool',
      'gen_ai.prompt.3.tool_call_id': 'c1',
      'gen_ai.prompt.3.content': '{"status":"sent"}',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'It was sent.',
    }),
  ],
  [
    'Vercel AI SDK',
    carrier({
      'ai.prompt.messages': [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Where is A-1?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me look.' },
            { type: 'tool-call', toolCallId: 'c1', toolName: 'lookup', input: { id: 'A-1' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c1',
              toolName: 'lookup',
              output: { type: 'json', value: { status: 'sent' } },
            },
          ],
        },
      ],
      'ai.response.text': 'It was sent.',
    }),
  ],
  [
    'the whole prompt and answer as JSON (until 1.27)',
    carrier({ 'gen_ai.prompt': openAiHistory, 'gen_ai.completion': [{ role: 'assistant', content: 'It was sent.' }] }),
  ],
]

describe.each(DIALECTS)('messages in %s', (_, given) => {
  test('are read in order', () => {
    const { input, output } = messagesOfSpan(given)
    const withoutNames = input.map((message) => ({
      ...message,
      parts: message.parts.map(({ name, ...part }) =>
        part.type === 'tool_result' ? part : { ...part, ...(name ? { name } : {}) },
      ),
    }))
    expect(withoutNames).toEqual([system, user, asks, result])
    expect(output).toEqual([answer])
  })
})

describe('details of messages', () => {
  test('answers of the AI SDK may be calls, objects and reasoning', () => {
    const { output } = messagesOfSpan(
      carrier({
        'ai.response.reasoning': 'Hm.',
        'ai.response.object': '{"ok":true}',
        'ai.response.toolCalls': [{ toolCallId: 'c1', toolName: 'lookup', input: '{"id":1}' }],
      }),
    )
    expect(output).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: '{"ok":true}' },
          { type: 'tool_call', id: 'c1', name: 'lookup', arguments: '{"id":1}' },
        ],
      },
    ])
  })

  test('pictures are told, not shown: their bytes stay where they are', () => {
    const { input } = messagesOfSpan(
      carrier({
        'gen_ai.input.messages': [
          {
            role: 'user',
            parts: [
              { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'A'.repeat(400) },
              { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
            ],
          },
        ],
      }),
    )
    expect(input[0]!.parts).toEqual([
      { type: 'blob', mimeType: 'image/png', bytes: 300 },
      { type: 'blob', uri: 'https://example.com/a.png' },
    ])
  })

  test('a span that carries two dialects is read in one of them', () => {
    const both = carrier({
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Hello' }] }],
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'Hello',
    })
    expect(messagesOfSpan(both).input).toHaveLength(1)
  })

  test.each(['[', '{"role":', 'null', '[[[', '[1,2]', '"x"', '{"parts":"x"}', '[{"role":{}}]', '[{"parts":[null]}]'])(
    'broken content %s breaks nothing',
    (text) => {
      expect(() =>
        messagesOfSpan(carrier({ 'gen_ai.input.messages': text, 'ai.prompt.messages': text, 'ai.prompt': text })),
      ).not.toThrow()
    },
  )

  test('an attribute that is called like a builtin is data', () => {
    const given = carrier({
      'gen_ai.prompt.__proto__.content': 'x',
      'gen_ai.prompt.0.content': 'Hello',
      'gen_ai.prompt.0.__proto__.role': 'admin',
    })
    expect(messagesOfSpan(given).input).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }])
    expect(({} as { role?: string }).role).toBeUndefined()
  })
})
