import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runToEvaluations, runToSpans } from '../../cli/demo/run-to-spans.ts'
import { history } from '../../cli/demo/traffic.ts'
import { openOtlpSender } from '../../cli/otlp/otlp-sender.ts'
import type { TelemetrySpan } from '../../cli/otlp/telemetry.ts'
import { SERVE_DEFAULTS } from '../../cli/serve/config.ts'
import { type Recount, startRecount } from '../../cli/serve/start.ts'

/** The real program with the real build of the UI, for a browser to visit: on free ports, on data of its own, gone with `stop`. */
export interface VisitedRecount {
  readonly recount: Recount
  readonly api: string
  readonly get: <T>(path: string) => Promise<T>
  readonly stop: () => Promise<void>
}

export const visitRecount = async (ports: { readonly api: number; readonly otlpHttp: number } = FREE) => {
  buildUi()
  const dataDir = mkdtempSync(join(tmpdir(), 'recount-browser-'))
  const recount = await startRecount({
    ...SERVE_DEFAULTS,
    dataDir,
    port: ports.api,
    otlpHttpPort: ports.otlpHttp,
    minFreeDiskBytes: 0,
    log: () => undefined,
  })
  const visited: VisitedRecount = {
    recount,
    api: recount.urls.api,
    get: async <T>(path: string) => {
      const answer = await fetch(recount.urls.api + path)
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    },
    stop: async () => {
      await recount.close(0)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return visited
}

const FREE = { api: 0, otlpHttp: 0 }

/** The demo's traffic is told for this moment, a Wednesday at work, and then moved to end now: the same runs whenever the tests run. */
const TOLD_AT_NANOS = BigInt(Date.UTC(2026, 2, 18, 16)) * 1_000_000n
/** So that no run lies in the future of a browser whose clock is not quite ours. */
const END_BEFORE_NOW_NANOS = 60_000_000_000n

/** Sends `hours` of the demo's history; resolves when it can be read. */
export const sendDemo = async (recount: Recount, { hours = 4, seed = 'browser' } = {}): Promise<void> => {
  const nowNanos = BigInt(Date.now()) * 1_000_000n
  const shift = nowNanos - END_BEFORE_NOW_NANOS - TOLD_AT_NANOS
  // As `recount serve --demo` does: without a rate the demo's minutes of review would have no price.
  const priced = await fetch(`${recount.urls.api}/api/prices`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reviewUsdPerMinute: '0.75' }),
  })
  if (!priced.ok) throw new Error(`the rate of review: ${priced.status} ${await priced.text()}`)
  const sender = await openOtlpSender({ endpoint: recount.urls.otlpHttp })
  try {
    for (const run of history({ seed, days: hours / 24, nowNanos: TOLD_AT_NANOS })) {
      await sender.spans(runToSpans(run).map((span) => moved(span, shift)))
      const verdicts = runToEvaluations(run).map((log) => ({ ...log, timeNanos: log.timeNanos + shift }))
      await sender.logs(verdicts.filter(({ timeNanos }) => timeNanos <= nowNanos))
    }
    const { rejected } = await sender.flush()
    if (rejected.spans + rejected.logs > 0) throw new Error(`the demo was rejected: ${rejected.reasons.join(', ')}`)
  } finally {
    await sender.close()
  }
  await recount.settled()
}

const moved = (span: TelemetrySpan, by: bigint): TelemetrySpan => ({
  ...span,
  startNanos: span.startNanos + by,
  endNanos: span.endNanos + by,
  ...(span.events ? { events: span.events.map((event) => ({ ...event, timeNanos: event.timeNanos + by })) } : {}),
})

const BUILD = fileURLToPath(new URL('../../scripts/build-ui.mjs', import.meta.url))
const BUILD_MS_MAX = 120_000
const WAIT_MS = 200

/** `npm test` has built the UI before; a single test file run by hand has not. Test files are processes, so one builds and the others wait. */
export const buildUi = (): void => {
  const lock = join(fileURLToPath(new URL('../../node_modules', import.meta.url)), '.recount-ui-build')
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch {
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
      if (Date.now() - since > BUILD_MS_MAX) rmSync(lock, { recursive: true, force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS)
    }
  }
  try {
    // Vitest's NODE_ENV=test would make it a build for development.
    execFileSync(process.execPath, [BUILD], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}
