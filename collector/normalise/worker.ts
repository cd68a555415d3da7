import { parentPort, workerData } from 'node:worker_threads'
import { DecodeError } from '../../schema/otlp/wire.ts'
import { policiesOf } from '../mask/policies.ts'
import { encodeBatch } from './encode-batch.ts'
import type { WorkerAnswer, WorkerQuestion, WorkerSettings } from './pool.ts'

const policyOf = policiesOf((workerData as WorkerSettings).masking)

/** Decodes, masks, normalises and encodes one request after another, away from the thread that answers them. */
parentPort!.on('message', ({ id, request, context }: WorkerQuestion) => {
  try {
    const batch = encodeBatch(request, context, policyOf(request.projectId))
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
