import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRecountProcess } from '../test/support/recount-process.ts'
import { send, untilCounted } from './ingest.ts'
import { latencies, picksOf, questionsAbout } from './questions.ts'

/** p50 and p95 in ms of the questions that people wait for, through the API, at `spans` stored spans. */
export const benchQuery = async (spans: number) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-bench-'))
  const recount = await startRecountProcess({ dataDir })
  try {
    const sent = await send(['--url', recount.otlpHttp, '--spans', String(spans)])
    await untilCounted(recount, sent.spans)
    const questions = await latencies(recount, questionsAbout(await picksOf(recount, ['from=now-24h'])))
    return { spans: sent.spans, questions, residentMiB: Math.round(recount.residentBytes() / 1024 ** 2) }
  } finally {
    await recount.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
