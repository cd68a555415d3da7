/** How long the thread that also answers requests may be kept at once. */
const BUSY_MS_MAX = 5

/** Long computations ask between two steps whether it is time to let others have the thread. */
export class Breath {
  #since = performance.now()

  /** Resolves when everything that waits has had its turn. */
  async take(): Promise<void> {
    await new Promise(setImmediate)
    this.#since = performance.now()
  }

  get isDue(): boolean {
    return performance.now() - this.#since >= BUSY_MS_MAX
  }
}
