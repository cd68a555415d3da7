import { describe, expect, it } from 'vitest'
import { event, llm, only, pairs, run, wireSpan } from './build-wire.ts'

describe('meaning', () => {
  it('of bare names does not make a call of any span that uses them', () => {
    expect(
      only(
        run([wireSpan({ attributes: pairs({ model: 'T', input_tokens: 5, tool_name: 'saw', call_id: '4' }) })]).spans,
      ).kind,
    ).toBe('span')
  })

  it('takes an id that was removed for none, and looks further', () => {
    const scrubbed = only(
      run([
        llm({
          'session.id': "[Scrubbed due to 'session']",
          'gen_ai.conversation.id': 'conv-1',
          'user.id': '<REDACTED>',
        }),
      ]).spans,
    )
    expect(scrubbed).toMatchObject({ sessionId: 'conv-1', userId: '' })
  })

  it('takes the id of an answer for no session: it changes every turn', () => {
    expect(only(run([llm({ 'gen_ai.conversation.id': 'resp_bdee5df76bdf26676e574f85' })]).spans).sessionId).toBe('')
  })

  it('fails a span by exception event, by error type or by a success that is false, whatever its status', () => {
    const thrown = wireSpan({ events: [event('exception', { 'exception.type': 'TimeoutError' })] })
    const typed = wireSpan({ attributes: pairs({ 'error.type': '429' }) })
    const said = wireSpan({ attributes: pairs({ success: 'false' }) })
    expect(run([thrown, typed, said]).spans.map(({ failed, errorType }) => [failed, errorType])).toEqual([
      [true, 'TimeoutError'],
      [true, '429'],
      [true, ''],
    ])
  })

  it('does not fail a span that a framework left on purpose', () => {
    const interrupted = wireSpan({
      status: { code: 2, message: '' },
      events: [event('exception', { 'exception.type': 'langgraph.errors.GraphInterrupt' })],
    })
    expect(only(run([interrupted]).spans).failed).toBe(false)
  })

  it('takes a tool that only asked for approval for an approval', () => {
    const asks = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'refund',
      'gen_ai.tool.call.result': '{"error":"This tool call requires confirmation, please approve or reject."}',
    }
    expect(only(run([wireSpan({ attributes: pairs(asks) })]).spans).kind).toBe('approval')
  })

  it('reads messages and finish reason from span events', () => {
    const span = only(
      run([
        llm(
          {},
          {
            events: [
              event('gen_ai.user.message', { content: '[{"text": "Please refund."}]' }),
              event('gen_ai.choice', { message: '[{"text": "Done."}]', finish_reason: 'end_turn' }),
            ],
          },
        ),
      ]).spans,
    )
    expect(span).toMatchObject({
      inputPreview: 'Please refund.',
      outputPreview: 'Done.',
      finishReason: 'end_turn',
      answered: true,
    })
  })

  it('gives the resource to spans that say nothing themselves, and run labels to the root', () => {
    const resource = pairs({ 'service.name': 'shop', team: 'a', 'recount.experiment.id': 'e1' })
    const { spans } = run(
      [
        wireSpan({ attributes: pairs({ 'recount.case': 'c7' }) }),
        wireSpan({ spanId: 'b'.repeat(16), parentSpanId: 'a'.repeat(16), attributes: pairs({ team: 'b' }) }),
      ],
      {},
      resource,
    )
    expect(spans.map(({ service, team, labels }) => [service, team, Object.fromEntries(labels)])).toEqual([
      ['shop', 'a', { 'recount.experiment.id': 'e1', 'recount.case': 'c7' }],
      ['shop', 'b', {}],
    ])
  })
})
