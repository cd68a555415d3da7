import type { AnyValue, KeyValue } from '../../schema/otlp/wire.ts'
import { textOf } from './any-value.ts'
import type { Contents } from './contents.ts'
import { isLarge } from './contents.ts'

/** Attributes as they are stored: text here, numbers there, large bodies by hash. Nothing is dropped. */
export interface StoredAttributes {
  readonly attrs: Map<string, string>
  readonly nums: Map<string, number>
  readonly attrRefs: Map<string, string>
}

export const newStored = (): StoredAttributes => ({ attrs: new Map(), nums: new Map(), attrRefs: new Map() })

/** Of a key that is sent twice the last value counts, also where the two are of different types. */
export const store = (
  into: StoredAttributes,
  key: string,
  value: AnyValue,
  traceId: string,
  contents: Contents,
): void => {
  if (typeof value === 'number') {
    into.nums.set(key, value)
    if (into.attrs.size > 0) into.attrs.delete(key)
    if (into.attrRefs.size > 0) into.attrRefs.delete(key)
    return
  }
  const text = typeof value === 'string' ? value : textOf(value)
  if (isLarge(text)) {
    into.attrRefs.set(key, contents.add(traceId, text))
    into.attrs.delete(key)
  } else {
    into.attrs.set(key, text)
    if (into.attrRefs.size > 0) into.attrRefs.delete(key)
  }
  if (into.nums.size > 0) into.nums.delete(key)
}

export const textMap = (pairs: readonly KeyValue[]): Map<string, string> =>
  new Map(pairs.map(({ key, value }) => [key, textOf(value)]))
