/** Keeps the most recently used values, at most `entriesMax`; what is thrown out is made again when asked for. While it is half empty nothing is near that. */
export class BoundedCache<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #entriesMax: number

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  get(key: K, make: () => V): V {
    const known = this.#entries.get(key)
    if (known !== undefined || this.#entries.has(key)) {
      if (this.#entries.size * 2 < this.#entriesMax) return known as V
      // A Map keeps insertion order: the first key is the least recently used.
      this.#entries.delete(key)
      this.#entries.set(key, known as V)
      return known as V
    }
    const made = make()
    if (this.#entries.size >= this.#entriesMax) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
    this.#entries.set(key, made)
    return made
  }
}
