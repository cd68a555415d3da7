import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { RowBinaryWriter } from '../../schema/clickhouse/row-binary-writer.ts'

/** A trace that a request touched, with the bounds of the span starts it brought: what the tallier must look at, and where. */
export interface TraceKey {
  readonly projectId: number
  readonly traceId: string
  /** Nanoseconds; undefined where only a score came. */
  minStart: bigint | undefined
  maxStart: bigint | undefined
}

const NONE = -1n

export const encodeKeys = (keys: readonly TraceKey[]): Uint8Array => {
  const writer = new RowBinaryWriter(Math.max(36 * keys.length, 1))
  for (const key of keys) {
    writer.u32(key.projectId)
    writer.hex(key.traceId, 16)
    writer.i64(key.minStart ?? NONE)
    writer.i64(key.maxStart ?? NONE)
  }
  return writer.take()
}

export const decodeKeys = (bytes: Uint8Array): TraceKey[] => {
  const reader = new RowBinaryReader(bytes)
  const keys: TraceKey[] = []
  while (!reader.done) {
    const projectId = reader.u32()
    const traceId = reader.hex(16)
    const minStart = reader.i64()
    const maxStart = reader.i64()
    keys.push({
      projectId,
      traceId,
      minStart: minStart === NONE ? undefined : minStart,
      maxStart: maxStart === NONE ? undefined : maxStart,
    })
  }
  return keys
}

/** A session or a key of the business that a request said something of: the tallier finds their runs. */
export interface Target {
  readonly projectId: number
  readonly kind: TargetKind
  readonly name: string
}

/** Append only: the place is the number in the spool. */
const TARGET_KINDS = ['session', 'key'] as const
export type TargetKind = (typeof TARGET_KINDS)[number]

export const encodeTargets = (targets: readonly Target[]): Uint8Array => {
  const writer = new RowBinaryWriter(Math.max(64 * targets.length, 1))
  for (const { projectId, kind, name } of targets) {
    writer.u32(projectId)
    writer.u8(TARGET_KINDS.indexOf(kind))
    writer.string(name)
  }
  return writer.take()
}

export const decodeTargets = (bytes: Uint8Array): Target[] => {
  const reader = new RowBinaryReader(bytes)
  const targets: Target[] = []
  while (!reader.done) {
    const projectId = reader.u32()
    const kind = TARGET_KINDS[reader.u8()]
    const name = reader.string()
    if (kind) targets.push({ projectId, kind, name })
  }
  return targets
}

/** Targets of judgements and charges that name no trace; each once. */
export const targetsOf = (
  facts: readonly {
    readonly projectId: number
    readonly traceId: string
    readonly sessionId: string
    readonly targetKey: string
  }[],
): readonly Target[] => {
  const targets = new Map<string, Target>()
  for (const { projectId, traceId, sessionId, targetKey } of facts) {
    if (traceId !== '' || (targetKey === '' && sessionId === '')) continue
    const target: Target =
      targetKey === '' ? { projectId, kind: 'session', name: sessionId } : { projectId, kind: 'key', name: targetKey }
    targets.set(`${projectId} ${target.kind} ${target.name}`, target)
  }
  return [...targets.values()]
}

/** One key per trace, bounds widened to cover all. */
export const mergeKeys = (keys: Iterable<TraceKey>): TraceKey[] => {
  const merged = new Map<string, TraceKey>()
  for (const key of keys) {
    const id = `${key.projectId}:${key.traceId}`
    const known = merged.get(id)
    if (!known) merged.set(id, { ...key })
    else {
      if (key.minStart !== undefined && (known.minStart === undefined || key.minStart < known.minStart))
        known.minStart = key.minStart
      if (key.maxStart !== undefined && (known.maxStart === undefined || key.maxStart > known.maxStart))
        known.maxStart = key.maxStart
    }
  }
  return [...merged.values()]
}
