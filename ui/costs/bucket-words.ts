import type { UsageBucket } from '../../schema/model/usage.ts'

/** Kinds of token as people say them. */
export const BUCKET_LABELS: Readonly<Record<UsageBucket, string>> = {
  inputUncached: 'input',
  cacheRead: 'cache read',
  cacheWrite5m: 'cache write, 5 min',
  cacheWrite1h: 'cache write, 1 h',
  inputAudio: 'audio in',
  inputImage: 'image in',
  outputText: 'output',
  reasoning: 'reasoning',
  outputAudio: 'audio out',
  outputImage: 'image out',
}
