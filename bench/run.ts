import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { benchIngest } from './ingest.ts'
import { benchMasking } from './masking.ts'
import { benchQuery } from './query.ts'
import { benchReprice } from './reprice.ts'
import { benchScale } from './scale.ts'
import { benchVisible } from './visible.ts'

/**
 * `npm run bench [-- ingest|query|masking|visible|scale|reprice …] [--spans N]`: runs the workloads, prints their figures, and appends them as one JSON line
 * to bench/results/history.jsonl with commit and machine. Nothing here is a test: no figure fails.
 */
const WORKLOADS: Record<string, (spans: number) => Promise<object>> = {
  ingest: benchIngest,
  query: benchQuery,
  masking: benchMasking,
  visible: benchVisible,
  scale: benchScale,
  reprice: benchReprice,
}
const SPANS = 1_000_000
const SCALE_SPANS = 100_000_000
const REPRICE_SPANS = 10_000_000
/** An hour and more: only when asked for. */
const LONG = ['scale', 'reprice']

const asked = process.argv.slice(2).filter((word) => word in WORKLOADS)
const spansAt = process.argv.indexOf('--spans')
const spans = spansAt === -1 ? undefined : Number(process.argv[spansAt + 1])

const results: Record<string, object> = {}
for (const name of asked.length > 0 ? asked : Object.keys(WORKLOADS).filter((name) => !LONG.includes(name))) {
  console.log(`\n${name}`)
  const result = await WORKLOADS[name]!(
    spans ?? (name === 'scale' ? SCALE_SPANS : name === 'reprice' ? REPRICE_SPANS : SPANS),
  )
  results[name] = result
  console.dir(result, { depth: 5 })
}

const folder = fileURLToPath(new URL('./results/', import.meta.url))
mkdirSync(folder, { recursive: true })
const commit = ((): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
})()
appendFileSync(
  `${folder}history.jsonl`,
  `${JSON.stringify({
    at: new Date().toISOString(),
    commit,
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    ...results,
  })}\n`,
)
