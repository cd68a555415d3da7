import { Worker } from 'node:worker_threads'
import { scanZstd } from './zstd-frames.ts'

/**
 * zstd, for senders that use it: Node 20 has none of its own. `fzstd` decompresses in a thread, started with the first such body, so that 64 MiB do
 * not hold up everybody else. What a body can become is known before it is touched: frames and blocks say so in their headers (`zstd-frames.ts`).
 */

export type ZstdResult =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'broken'; readonly message: string }

export interface ZstdQuestion {
  readonly id: number
  readonly bytes: Uint8Array
  readonly bytesMax: number
}
export interface ZstdAnswer {
  readonly id: number
  readonly result: ZstdResult
}

/** Bytes that the body can become at most, or why it is not taken. */
export const zstdBound = (bytes: Uint8Array, bytesMax: number): number | Exclude<ZstdResult, { kind: 'complete' }> => {
  const scan = scanZstd(bytes)
  if ('broken' in scan) return { kind: 'broken', message: scan.broken }
  if (scan.declaredBytes > bytesMax) return { kind: 'too_large' }
  return Math.min(scan.outputBytesMax, bytesMax)
}

/** Not to be called but with what `zstdBound` let through. */
export const unzstd = (bytes: Uint8Array, bytesMax: number): Promise<ZstdResult> =>
  new Promise((resolve) => {
    const { worker, waiting } = thread()
    const id = nextId++
    waiting.set(id, resolve)
    const question: ZstdQuestion = { id, bytes, bytesMax }
    // A process must not end before its answers are given, and may while the thread is idle.
    worker.ref()
    worker.postMessage(question)
  })

let nextId = 0
let running: { readonly worker: Worker; readonly waiting: Map<number, (result: ZstdResult) => void> } | undefined

const thread = () => {
  if (running) return running
  const worker = new Worker(new URL('./zstd-worker.mjs', import.meta.url))
  const waiting = new Map<number, (result: ZstdResult) => void>()
  const started = { worker, waiting }
  worker.unref()
  worker.on('message', ({ id, result }: ZstdAnswer) => {
    waiting.get(id)?.(result)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
  })
  const gone = (): void => {
    if (running === started) running = undefined
    for (const resolve of waiting.values()) resolve({ kind: 'broken', message: 'decompression failed' })
    waiting.clear()
  }
  worker.on('error', gone)
  worker.on('exit', gone)
  running = started
  return started
}
