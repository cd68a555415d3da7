import type { Attributes } from '@opentelemetry/api'
import type { TelemetryEvent } from '../../otlp/telemetry.ts'
import type { DemoContext, StoryNode } from '../story-model.ts'

/** Puts one thing that happened into the attributes of a dialect. */
export type SpanWriter = (node: StoryNode, about: WriterContext) => WrittenSpan

export interface WriterContext {
  readonly context: DemoContext
  readonly isRoot: boolean
}

export interface WrittenSpan {
  readonly name: string
  readonly kind?: 'internal' | 'client'
  readonly attributes: Attributes
  readonly events?: readonly TelemetryEvent[]
}

/** The event that SDKs record for a thrown error. */
export function exceptionEvents(node: StoryNode): readonly TelemetryEvent[] {
  if (!node.error) return []
  const { type, message } = node.error
  return [
    {
      name: 'exception',
      timeNanos: node.endNanos,
      attributes: { 'exception.type': type, 'exception.message': message },
    },
  ]
}
