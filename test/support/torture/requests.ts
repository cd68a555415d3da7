import { Worker } from 'node:worker_threads'

/** A mutated request that the write path did not answer as it should. */
export interface Defect {
  readonly seed: number
  readonly what: string
}

export interface ThreadTask {
  readonly firstSeed: number
  readonly count: number
  readonly step: number
  /** Seed at work, and how many are done: shared memory. */
  readonly progress: BigInt64Array
}

export interface ThreadReport {
  readonly refused: number
  readonly bytes: number
  readonly slowestMs: number
  readonly slowestSeed: number
  readonly defects: readonly Defect[]
}

export interface RequestsReport extends ThreadReport {
  readonly requests: number
  readonly seconds: number
  readonly crashes: number
  readonly hangs: number
  /** Resident memory of the whole process: at a quarter of the way, at the end, and its slope between, least squares. */
  readonly residentMiB: { readonly quarter: number; readonly end: number; readonly slopePerMillion: number }
}

/** A request that takes longer is called a hang, and its thread is ended. */
const HANG_MS = 10_000
const WATCH_MS = 250

/** `requests` mutated requests, seeds from `firstSeed` on, through decoder, normaliser and encoder in `threads` threads. */
export const tortureRequests = async (
  requests: number,
  firstSeed: number,
  threads = 1,
  print: (line: string) => void = () => undefined,
): Promise<RequestsReport> => {
  const startedMs = performance.now()
  const memory: { readonly done: number; readonly mib: number }[] = []
  const progresses: BigInt64Array[] = []
  const doneSoFar = (): number => progresses.reduce((sum, progress) => sum + Number(Atomics.load(progress, 1)), 0)
  let printedMs = startedMs
  const watch = setInterval(() => {
    memory.push({ done: doneSoFar(), mib: process.memoryUsage.rss() / 1024 ** 2 })
    if (performance.now() - printedMs < 30_000) return
    printedMs = performance.now()
    const { done, mib } = memory.at(-1)!
    print(`${done} of ${requests}, ${Math.round(done / ((printedMs - startedMs) / 1000))}/s, ${Math.round(mib)} MiB`)
  }, WATCH_MS)
  const share = Array.from({ length: threads }, (_, i) => Math.ceil((requests - i) / threads))
  const reports = await Promise.all(
    share.map((count, i) => {
      const progress = new BigInt64Array(new SharedArrayBuffer(16))
      progresses.push(progress)
      return runThread({ firstSeed: firstSeed + i, count, step: threads, progress })
    }),
  ).finally(() => clearInterval(watch))
  const defects = reports.flatMap((report) => report.defects)
  const slowest = reports.reduce((a, b) => (b.slowestMs > a.slowestMs ? b : a))
  const hangs = defects.filter(({ what }) => what.startsWith('hang')).length
  return {
    requests: doneSoFar(),
    seconds: (performance.now() - startedMs) / 1000,
    refused: reports.reduce((sum, { refused }) => sum + refused, 0),
    bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
    slowestMs: slowest.slowestMs,
    slowestSeed: slowest.slowestSeed,
    defects,
    crashes: defects.length - hangs,
    hangs,
    residentMiB: memoryOf(memory),
  }
}

/** One thread to its end; where a request hangs or ends the thread, another goes on behind it. */
const runThread = async (task: ThreadTask): Promise<ThreadReport> => {
  const outcome = await oneThread(task)
  if (!('failed' in outcome)) return outcome
  const { seed } = outcome.failed
  const behind = (seed - task.firstSeed) / task.step + 1
  const rest = await runThread({ ...task, firstSeed: seed + task.step, count: task.count - behind })
  return { ...rest, defects: [outcome.failed, ...rest.defects] }
}

const oneThread = (task: ThreadTask): Promise<ThreadReport | { readonly failed: Defect }> => {
  if (task.count <= 0) return Promise.resolve({ refused: 0, bytes: 0, slowestMs: 0, slowestSeed: 0, defects: [] })
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: task })
  return new Promise((resolve) => {
    let last = -1n
    let sinceMs = performance.now() + HANG_MS
    const finish = (outcome: ThreadReport | { readonly failed: Defect }): void => {
      clearInterval(watch)
      resolve(outcome)
    }
    const failed = (what: string): void => finish({ failed: { seed: Number(Atomics.load(task.progress, 0)), what } })
    const watch = setInterval(() => {
      const done = Atomics.load(task.progress, 1)
      if (done !== last) {
        last = done
        sinceMs = performance.now()
      } else if (performance.now() - sinceMs > HANG_MS) {
        failed(`hang: not done in ${HANG_MS} ms`)
        void worker.terminate()
      }
    }, WATCH_MS)
    worker.once('message', (report: ThreadReport) => finish(report))
    worker.once('error', (error) => failed(`thread died: ${error.stack ?? error.message}`))
    worker.once('exit', (code) => failed(`thread ended with ${code}`))
  })
}

const memoryOf = (samples: readonly { readonly done: number; readonly mib: number }[]) => {
  // The first quarter fills caches and lets the heap find its size.
  const settled = samples.slice(Math.floor(samples.length / 4))
  const [first, last] = [settled[0], settled.at(-1)]
  if (!first || !last) return { quarter: 0, end: 0, slopePerMillion: 0 }
  const mean = (of: (sample: { readonly done: number; readonly mib: number }) => number): number =>
    settled.reduce((sum, sample) => sum + of(sample), 0) / settled.length
  const [meanDone, meanMib] = [mean(({ done }) => done), mean(({ mib }) => mib)]
  const along = settled.reduce((sum, { done, mib }) => sum + (done - meanDone) * (mib - meanMib), 0)
  const spread = settled.reduce((sum, { done }) => sum + (done - meanDone) ** 2, 0)
  return { quarter: first.mib, end: last.mib, slopePerMillion: spread === 0 ? 0 : (along / spread) * 1_000_000 }
}
