import { parentPort } from 'node:worker_threads'
import { Decompress } from 'fzstd'
import type { ZstdAnswer, ZstdQuestion, ZstdResult } from './zstd.ts'

class TooLarge extends Error {}

/** One block after another into one list, stopped by the block that goes over the limit. */
const decompress = ({ bytes, bytesMax }: ZstdQuestion): ZstdResult => {
  const chunks: Uint8Array[] = []
  let length = 0
  const stream = new Decompress((chunk) => {
    length += chunk.length
    if (length > bytesMax) throw new TooLarge()
    chunks.push(chunk)
  })
  try {
    stream.push(bytes, true)
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'too_large' }
    return { kind: 'broken', message: error instanceof Error ? error.message : String(error) }
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return { kind: 'complete', bytes: whole }
}

parentPort!.on('message', (question: ZstdQuestion) => {
  const result = decompress(question)
  const answer: ZstdAnswer = { id: question.id, result }
  parentPort!.postMessage(answer, result.kind === 'complete' ? [result.bytes.buffer as ArrayBuffer] : [])
})
