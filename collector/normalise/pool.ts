import { Worker } from 'node:worker_threads'
import { DecodeError } from '../../schema/otlp/wire.ts'
import type { Masking } from '../mask/policy.ts'
import type { OtlpRequest } from '../pipeline-types.ts'
import type { BatchContext, EncodedBatch } from './encode-batch.ts'

/** What a thread is told once. */
export interface WorkerSettings {
  readonly masking: Masking | undefined
}

export interface WorkerQuestion {
  readonly id: number
  readonly request: OtlpRequest
  readonly context: BatchContext
}

export type WorkerAnswer =
  | { readonly id: number; readonly batch: EncodedBatch }
  | { readonly id: number; readonly invalid: string }
  | { readonly id: number; readonly failed: string }

export interface NormalisePool {
  /** @throws DecodeError: never acceptable. Any other error: try again. */
  readonly encode: (request: OtlpRequest, context: BatchContext) => Promise<EncodedBatch>
  readonly close: () => Promise<void>
}

interface Pending {
  readonly resolve: (batch: EncodedBatch) => void
  readonly reject: (error: Error) => void
}

/** Almost everything that a request makes is garbage when it is answered; with room for several requests hardly any of it is ever copied. */
const YOUNG_GENERATION_MB = 96

/** Worker threads that turn request bytes into rows. Requests go to the least busy one; a thread that dies is replaced and its requests fail. */
export const startNormalisePool = (threads: number, masking: Masking | undefined = undefined): NormalisePool => {
  let nextId = 0
  let closing = false
  const slots = Array.from({ length: threads }, () => startSlot())

  function startSlot() {
    const pending = new Map<number, Pending>()
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData: { masking } satisfies WorkerSettings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    worker.unref()
    const slot = { worker, pending }
    worker.on('message', (answer: WorkerAnswer) => {
      const waiting = pending.get(answer.id)
      pending.delete(answer.id)
      if ('batch' in answer) waiting?.resolve(answer.batch)
      else waiting?.reject('invalid' in answer ? new DecodeError(answer.invalid) : new Error(answer.failed))
    })
    const gone = (why: string): void => {
      for (const waiting of pending.values()) waiting.reject(new Error(`normalise worker: ${why}`))
      pending.clear()
      if (!closing) slots[slots.indexOf(slot)] = startSlot()
    }
    worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => {
      if (pending.size > 0) gone(`exited with code ${code}`)
    })
    return slot
  }

  return {
    encode: (request, context) =>
      new Promise<EncodedBatch>((resolve, reject) => {
        const slot = slots.reduce((least, s) => (s.pending.size < least.pending.size ? s : least))
        const id = nextId++
        slot.pending.set(id, { resolve, reject })
        const question: WorkerQuestion = { id, request, context }
        slot.worker.postMessage(question, request.isBodyGiven ? [request.body.buffer as ArrayBuffer] : [])
      }),
    close: async () => {
      closing = true
      await Promise.all(slots.map((slot) => slot.worker.terminate()))
    },
  }
}
