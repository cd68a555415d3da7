import { hash } from 'node:crypto'
import { partsOf } from '../../schema/model/content-parts.ts'
import type { Content } from '../../schema/model/span.ts'

/** Attribute values from this size on are stored once by hash instead of in the span. */
export const CONTENT_BYTES_MIN = 4096

/** sha256, cut to 16 bytes, hex: the address of a body in `content`. */
export const hashOf = (body: string): string => hash('sha256', body, 'hex').slice(0, 32)

export const isLarge = (text: string): boolean =>
  text.length >= CONTENT_BYTES_MIN ||
  (text.length * 3 >= CONTENT_BYTES_MIN && Buffer.byteLength(text) >= CONTENT_BYTES_MIN)

/** Bodies of one request, each kept once per trace; an agent's history and tool schemas repeat on every call of a run. */
export class Contents {
  readonly #projectId: number
  readonly #hashes = new Map<string, string>()
  readonly #kept = new Set<string>()
  readonly list: Content[] = []

  constructor(projectId: number) {
    this.#projectId = projectId
  }

  /** Hash of the body, which is in `list` from now on; a long one in parts that longer ones of the same beginning share. */
  add(traceId: string, body: string): string {
    const address = this.#address(body)
    if (this.#kept.has(traceId + address)) return address
    this.#kept.add(traceId + address)
    const parts = partsOf(body)
    this.list.push({
      projectId: this.#projectId,
      traceId,
      hash: address,
      body: parts.at(-1)!,
      parts: parts.slice(0, -1).map((part) => this.add(traceId, part)),
    })
    return address
  }

  #address(body: string): string {
    const known = this.#hashes.get(body)
    if (known !== undefined) return known
    const address = hashOf(body)
    this.#hashes.set(body, address)
    return address
  }
}
