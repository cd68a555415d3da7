import { parentPort } from 'node:worker_threads'
import { DecodeError } from '../../schema/otlp/wire.ts'
import { encodeBatch } from './encode-batch.ts'
import type { WorkerAnswer, WorkerQuestion } from './pool.ts'

/** Decodes, normalises and encodes one request after another, away from the thread that answers them. */
parentPort!.on('message', ({ id, request, context }: WorkerQuestion) => {
  try {
    const batch = encodeBatch(request, context)
    const answer: WorkerAnswer = { id, batch }
    parentPort!.postMessage(
      answer,
      batch.sections.map((section) => section.bytes.buffer as ArrayBuffer),
    )
  } catch (error) {
    const answer: WorkerAnswer =
      error instanceof DecodeError
        ? { id, invalid: error.message }
        : { id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    parentPort!.postMessage(answer)
  }
})
