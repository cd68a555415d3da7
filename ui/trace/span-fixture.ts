import type { LightSpan } from '../../schema/api/shapes.ts'
import type { Kind } from '../../schema/model/kind.ts'

/** A small trace drawn as text, for tests: one span a line, two blanks a level, `name start–end [kind] [!]`, times in milliseconds. */
export const spansFromText = (text: string): LightSpan[] => {
  const parents: string[] = []
  return text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => {
      const depth = (line.length - line.trimStart().length) / 2
      const [name, times, ...rest] = line.trim().split(/\s+/)
      const [from, to] = times!.split('–').map(Number)
      const span = lightSpan({
        spanId: name!,
        parentSpanId: depth === 0 ? '' : parents[depth - 1]!,
        startMs: from!,
        endMs: to!,
        failed: rest.includes('!'),
        kind: (rest.find((word) => word !== '!') ?? 'span') as Kind,
      })
      parents[depth] = name!
      return span
    })
}

export const lightSpan = (s: {
  readonly spanId: string
  readonly parentSpanId: string
  readonly startMs: number
  readonly endMs: number
  readonly failed?: boolean
  readonly kind?: Kind
}): LightSpan => ({
  spanId: s.spanId,
  parentSpanId: s.parentSpanId,
  name: s.spanId,
  kind: s.kind ?? 'span',
  service: 'svc',
  agent: '',
  model: '',
  tool: '',
  startNanos: String(1_762_913_647_000_000_000n + BigInt(Math.round(s.startMs * 1e6))),
  durationNanos: String(Math.round((s.endMs - s.startMs) * 1e6)),
  status: s.failed ? 'error' : 'unset',
  failed: s.failed ?? false,
  usage: null,
  usageRole: null,
  costUsd: null,
  costStatus: null,
  ttftMs: null,
})
