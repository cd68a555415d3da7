/**
 * Bounds the memory that request bodies take while they are read, decoded and written: bytes are held as they arrive, decompressed,
 * and given back when the request is answered. Where nothing is left the request is refused (503), not queued.
 */
export class ByteBudget {
  private used = 0
  private readonly max: number

  constructor(maxBytes: number) {
    this.max = maxBytes
  }

  get usedBytes(): number {
    return this.used
  }

  /** One per request; `release` it once the request is answered, whatever became of it. */
  hold(): Hold {
    let held = 0
    return {
      take: (bytes) => {
        // One request alone may always go on: a limit below one body would refuse it for ever.
        if (this.used + bytes > this.max && this.used > held) return false
        this.used += bytes
        held += bytes
        return true
      },
      release: () => {
        this.used -= held
        held = 0
      },
    }
  }
}

export interface Hold {
  /** False if there is no room; nothing is held of these bytes then. */
  take(bytes: number): boolean
  release(): void
}
