import { parentPort, workerData } from 'node:worker_threads'
import { corpus } from './corpus.ts'
import { digest } from './digest.ts'
import { mutated } from './mutate.ts'
import type { Defect, ThreadReport, ThreadTask } from './requests.ts'

const { firstSeed, count, step, progress } = workerData as ThreadTask
const valid = corpus()
const defects: Defect[] = []
let refused = 0
let bytes = 0
let slowestMs = 0
let slowestSeed = firstSeed
for (let i = 0; i < count; i++) {
  const seed = firstSeed + i * step
  // Whoever watches sees which one hangs, if one does.
  Atomics.store(progress, 0, BigInt(seed))
  const request = mutated(seed, valid)
  bytes += request.body.length
  const startedMs = performance.now()
  try {
    if (digest(request) === 'refused') refused++
  } catch (error) {
    defects.push({ seed, what: String((error as Error).stack ?? error).slice(0, 600) })
  }
  const tookMs = performance.now() - startedMs
  if (tookMs > slowestMs) {
    slowestMs = tookMs
    slowestSeed = seed
  }
  Atomics.add(progress, 1, 1n)
}
const report: ThreadReport = { refused, bytes, slowestMs, slowestSeed, defects }
parentPort!.postMessage(report)
