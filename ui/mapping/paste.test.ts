import { expect, test } from 'vitest'
import { PASTE_EXAMPLE, readPasted } from './paste.ts'

const attributes = { 'gen_ai.request.model': 'gpt-5', 'gen_ai.usage.input_tokens': 12, 'ai.stream': true }

test.each([
  ['an object of attributes', JSON.stringify(attributes)],
  ['a span with them', JSON.stringify({ attributes })],
  ['lines of key=value', 'gen_ai.request.model=gpt-5\ngen_ai.usage.input_tokens=12\n\nai.stream=true'],
  ['lines as a page shows them', '"gen_ai.request.model": "gpt-5",\ngen_ai.usage.input_tokens: 12\nai.stream: true'],
])('%s are attributes', (_, text) => expect(readPasted(text)).toEqual({ record: { attributes } }))

test('OTLP stays as it is', () => {
  const list = [{ key: 'a', value: { stringValue: 'b' } }]
  expect(readPasted(JSON.stringify(list))).toEqual({ record: { attributes: list } })
  expect(readPasted('{"resourceSpans":[]}')).toEqual({ record: { resourceSpans: [] } })
  expect(readPasted('{"eventName":"x","body":{"stringValue":"y"}}')).toEqual({
    record: { eventName: 'x', body: { stringValue: 'y' } },
  })
  expect(readPasted(PASTE_EXAMPLE)).toMatchObject({ record: { name: 'chat gpt-5' } })
})

test.each(['', '  \n', '{"a":', '[1, 2]', 'just some words'])('%j is told what is wrong with it', (text) =>
  expect(readPasted(text)).toHaveProperty('problem'),
)
