import { describe, expect, it } from 'vitest'
import { CHARGE_KINDS, COMPONENTS, componentOf } from './component.ts'
import { KINDS } from './kind.ts'

describe('the component of a cost', () => {
  it('follows the kind of the call', () => {
    expect(
      ['llm', 'embedding', 'rerank', 'agent', 'tool', 'retrieval', 'evaluator', 'review'].map(componentOf),
    ).toEqual(['model', 'model', 'model', 'model', 'tools', 'tools', 'evaluation', 'review'])
  })

  it('is named by a charge itself', () => {
    expect(CHARGE_KINDS.map(componentOf)).toEqual([...COMPONENTS])
  })

  it('has no kind in common with what spans are', () => {
    expect(KINDS.filter((kind) => kind.startsWith('charge.') || (kind as string) === 'review')).toEqual([])
  })
})
