import { type EncodedBatch, encodeBatch } from '../../../collector/normalise/encode-batch.ts'
import { DecodeError } from '../../../schema/otlp/wire.ts'
import { CORPUS_NOW_MS, type Valid } from './corpus.ts'

/**
 * What the write path makes of a request before it touches the disk: rows, or a refusal that says where it broke.
 * @throws whatever else is thrown: a defect
 */
export const digest = ({ signal, encoding, body }: Valid): EncodedBatch | 'refused' => {
  try {
    return encodeBatch(
      { projectId: 1, signal, encoding, body, receivedAtMs: CORPUS_NOW_MS },
      { receivedOrder: 1n, retentionDays: 30 },
    )
  } catch (error) {
    if (error instanceof DecodeError) return 'refused'
    throw error
  }
}
