import { describe, expect, test } from 'vitest'
import type { Message } from '../../schema/api/shapes.ts'
import { Conversation } from './conversation.ts'

const say = (role: string, text: string): Message => ({ role, parts: [{ type: 'text', text }] })
const user = (text: string) => say('user', text)
const assistant = (text: string) => say('assistant', text)
const words = (messages: readonly Message[]): string[] =>
  messages.map((message) => message.parts.map((part) => part.text ?? part.name ?? '').join('+'))

/** Plays calls one after another: what each was given and answered, in which run; gives what is shown. */
const play = (calls: readonly { run?: string; given: Message[]; answered?: Message[] }[]): string[] => {
  const conversation = new Conversation()
  return calls.flatMap(({ run = 'r1', given, answered = [] }, i) => [
    ...words(conversation.given(given, run, BigInt(i * 10))),
    ...words(conversation.answered(answered, run, BigInt(i * 10), BigInt(i * 10 + 5))),
  ])
}

describe('what is new in a call', () => {
  test('is what its resent history does not hold', () => {
    expect(
      play([
        { given: [say('system', 'S'), user('a')], answered: [assistant('b')] },
        { given: [say('system', 'S'), user('a'), assistant('b'), user('c')], answered: [assistant('d')] },
      ]),
    ).toEqual(['S', 'a', 'b', 'c', 'd'])
  })

  test('may be the same words again', () => {
    expect(
      play([
        { given: [user('yes')], answered: [assistant('sure?')] },
        { given: [user('yes'), assistant('sure?'), user('yes')], answered: [assistant('sure?')] },
        {
          given: [user('yes'), assistant('sure?'), user('yes'), assistant('sure?'), user('yes')],
          answered: [assistant('ok')],
        },
      ]),
    ).toEqual(['yes', 'sure?', 'yes', 'sure?', 'yes', 'ok'])
  })

  test('is found in a history that was cut at its beginning', () => {
    expect(
      play([
        { given: [user('yes')], answered: [assistant('a')] },
        { given: [user('yes'), assistant('a'), user('yes')], answered: [assistant('b')] },
        { given: [user('yes'), assistant('b'), user('yes')], answered: [assistant('c')] },
      ]),
    ).toEqual(['yes', 'a', 'yes', 'b', 'yes', 'c'])
  })

  test('is the whole conversation of a run that resends nothing of the session', () => {
    expect(
      play([
        { run: 'r1', given: [say('system', 'S'), user('hi')], answered: [assistant('hello')] },
        { run: 'r2', given: [say('system', 'S'), user('hi')], answered: [assistant('hello')] },
      ]),
    ).toEqual(['S', 'hi', 'hello', 'hi', 'hello'])
  })

  test('of a run that resends the session is only what came with it', () => {
    expect(
      play([
        { run: 'r1', given: [user('hi')], answered: [assistant('hello')] },
        { run: 'r2', given: [user('hi'), assistant('hello'), user('hi')], answered: [assistant('again?')] },
        { run: 'r2', given: [user('hi')] },
      ]),
    ).toEqual(['hi', 'hello', 'hi', 'again?'])
  })

  test('is no second attempt at the same call', () => {
    expect(play([{ given: [user('a')] }, { given: [user('a')], answered: [assistant('b')] }])).toEqual(['a', 'b'])
  })

  test('is seen through other spacing, missing ids and other key order in arguments', () => {
    const asked: Message = {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'Let me  look.' },
        { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"a":1,"b":2}' },
      ],
    }
    const resent: Message = {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'Let me look.\n' },
        { type: 'tool_call', name: 'f', arguments: '{ "b": 2, "a": 1 }' },
      ],
    }
    expect(play([{ given: [user('q')], answered: [asked] }, { given: [user('q'), resent] }])).toEqual([
      'q',
      'Let me  look.+f',
    ])
  })

  test('is not an answer that the history splits in two or merges from two', () => {
    const call = (id: string) => ({ type: 'tool_call' as const, id, name: 'f', arguments: '{}' })
    const whole: Message = { role: 'assistant', parts: [{ type: 'text', text: 'Look' }, call('c1')] }
    const split: Message[] = [assistant('Look'), { role: 'assistant', parts: [call('c1')] }]
    expect(play([{ given: [user('q')], answered: [whole] }, { given: [user('q'), ...split, user('z')] }])).toEqual([
      'q',
      'Look+f',
      'z',
    ])
    expect(play([{ given: [user('q')], answered: split }, { given: [user('q'), whole, user('z')] }])).toEqual([
      'q',
      'Look',
      'f',
      'z',
    ])
  })

  test('is not all that was said, told again in one piece', () => {
    const said = [
      { given: [user('q')], answered: [assistant('Let me look.')] },
      { given: [user('q')], answered: [assistant('Done.')] },
    ]
    expect(play([...said, { given: [assistant('Let me look.\nDone.')] }])).toEqual(['q', 'Let me look.', 'Done.'])
    expect(play([...said, { given: [assistant('Let me look. Almost done.')] }])).toHaveLength(4)
  })

  test('holds results of tools back: they belong to their calls', () => {
    expect(
      play([{ given: [user('q'), { role: 'tool', parts: [{ type: 'tool_result', id: 'c1', result: '42' }] }] }]),
    ).toEqual(['q'])
  })
})

test('an answer that a later call showed already, while its own span was still open, is shown once', () => {
  const conversation = new Conversation()
  conversation.given([user('q')], 'r1', 0n)
  expect(words(conversation.given([user('q'), assistant('a'), user('z')], 'r1', 10n))).toEqual(['a', 'z'])
  expect(conversation.answered([assistant('a')], 'r1', 0n, 20n)).toEqual([])
  expect(words(conversation.answered([assistant('a')], 'r1', 30n, 40n))).toEqual(['a'])
})
