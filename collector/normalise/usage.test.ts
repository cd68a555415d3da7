import { describe, expect, it } from 'vitest'
import { llm, only, run } from './build-wire.ts'

describe('usage', () => {
  it('that contradicts itself never goes below zero, and is flagged', () => {
    const span = only(
      run([
        llm({
          'ai.usage.inputTokens': 10,
          'ai.usage.outputTokens': 5,
          'ai.usage.reasoningTokens': 9,
          'ai.usage.totalTokens': 15,
        }),
      ]).spans,
    )
    expect(span.usage).toMatchObject({ inputUncached: 10, outputText: 5, reasoning: 9 })
    const short = only(run([llm({ 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.audio.input_tokens': 30 })]).spans)
    expect(short).toMatchObject({
      usageConflict: true,
      usage: expect.objectContaining({ inputUncached: 0, inputAudio: 30 }),
    })
  })

  it('is exclusive where cached tokens exceed the input: they cannot be a part of it', () => {
    const span = only(
      run([
        llm({
          'gen_ai.usage.input_tokens': 12,
          'gen_ai.usage.cache_read.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 5,
        }),
      ]).spans,
    )
    expect(span).toMatchObject({
      inputSemantics: 'exclusive:proof',
      usage: expect.objectContaining({ inputUncached: 12, cacheRead: 1000 }),
    })
  })

  it('is decided by a total where one was reported, else taken as inclusive', () => {
    const counts = {
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 40,
      'gen_ai.usage.output_tokens': 5,
    }
    const inputs = (total: number | undefined) => {
      const span = only(
        run([llm({ ...counts, ...(total === undefined ? {} : { 'gen_ai.usage.total_tokens': total }) })]).spans,
      )
      return [span.inputSemantics, span.usage.inputUncached]
    }
    expect(inputs(105)).toEqual(['inclusive:total', 60])
    expect(inputs(145)).toEqual(['exclusive:total', 100])
    expect(inputs(undefined)).toEqual(['inclusive:default', 60])
  })

  it('puts reasoning beside the output where it cannot be inside', () => {
    const more = only(
      run([
        llm({ 'gen_ai.usage.input_tokens': 1, 'gen_ai.usage.output_tokens': 5, 'gen_ai.usage.reasoning_tokens': 9 }),
      ]).spans,
    )
    expect(more.usage).toMatchObject({ outputText: 5, reasoning: 9 })
    const summed = only(
      run([
        llm({
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.output_tokens': 9,
          'gen_ai.usage.reasoning_tokens': 3,
          'gen_ai.usage.total_tokens': 22,
        }),
      ]).spans,
    )
    expect(summed.usage).toMatchObject({ outputText: 9, reasoning: 3 })
  })

  it('is read as numbers, as text, and counted once under old and new names', () => {
    const span = only(
      run([
        llm({
          'gen_ai.usage.input_tokens': '7',
          'gen_ai.usage.prompt_tokens': 7,
          'gen_ai.usage.output_tokens': 2,
          'gen_ai.usage.completion_tokens': 2,
        }),
      ]).spans,
    )
    expect(span.usage).toMatchObject({ inputUncached: 7, outputText: 2 })
  })

  it('of 0 everywhere is no usage', () => {
    expect(only(run([llm({ 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 })]).spans)).toMatchObject({
      hasUsage: false,
      usageReported: 0,
    })
  })
})
