const SECONDS = 10

/** Events per second over the last ten whole seconds, in one counter per second. */
export const recentRate = (now: () => number = Date.now) => {
  const counts = new Array<number>(SECONDS + 1).fill(0)
  const stamps = new Array<number>(SECONDS + 1).fill(-1)
  return {
    add: (events: number): void => {
      const second = Math.floor(now() / 1000)
      const slot = second % counts.length
      if (stamps[slot] !== second) counts[slot] = 0
      stamps[slot] = second
      counts[slot]! += events
    },
    perSecond: (): number => {
      const second = Math.floor(now() / 1000)
      let sum = 0
      for (let i = 0; i < counts.length; i++)
        if (stamps[i]! < second && stamps[i]! >= second - SECONDS) sum += counts[i]!
      return sum / SECONDS
    },
  }
}
