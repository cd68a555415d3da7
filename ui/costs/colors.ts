import type { Component } from '../../schema/model/component.ts'
import { NOT_SET } from '../../schema/model/dimension.ts'
import { OTHERS } from './pivot.ts'

/** Components are kinds of span and keep their hue; other keys have the chart's own colours, in the order of what they cost. */
const COMPONENT_COLORS: Readonly<Record<Component, string>> = {
  model: 'var(--llm)',
  tools: 'var(--tool)',
  review: 'var(--approval)',
  evaluation: 'var(--evaluator)',
  platform: 'var(--agent)',
}
export const COMPONENT_LABELS: Readonly<Record<Component, string>> = {
  model: 'model calls',
  tools: 'tools',
  review: 'human review',
  evaluation: 'evaluation',
  platform: 'platform',
}

export const componentColor = (name: string): string => COMPONENT_COLORS[name as Component] ?? 'var(--bar)'

export const seriesColor = (label: string, index: number): string =>
  label === OTHERS ? 'var(--bar)' : label === NOT_SET ? 'var(--agent)' : `var(--s${(index % 7) + 1})`
