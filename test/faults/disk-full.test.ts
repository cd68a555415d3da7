import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../schema/clickhouse/embedded.ts'
import { postTraces, runSpans, traceRequest } from '../support/agent-run.ts'
import { untilEmpty } from '../support/kill-rounds.ts'
import { expectConsistent } from '../support/ledger-checks.ts'
import { startRecountProcess } from '../support/recount-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const DISK_MIB = 320
const MIB = 1024 ** 2

/** A disk of its own, small; undefined where this user may mount none. */
const smallDisk = (): string | undefined => {
  const folder = tempDir('small-disk')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    console.warn(
      `SKIPPED: no tmpfs can be mounted here (${(error as Error).message.split('\n')[0]}); ENOSPC is injected by spool-full.test.ts instead`,
    )
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return folder
}

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

test('spool and ClickHouse on a disk that fills up: 503 with Retry-After, no crash; freed, everything acknowledged is there once', async ({
  skip,
}) => {
  const disk = smallDisk()
  if (disk === undefined) return skip()
  const dataDir = join(disk, 'recount')
  mkdirSync(dataDir)
  const recount = await startRecountProcess({ dataDir })
  onTestFinished(() => recount.kill())
  const acknowledged = new Set<string>()
  const answers = new Map<number, number>()
  const retryAfter = new Set<number>()
  let number = 0
  const sendOnce = async (): Promise<number> => {
    const spans = runSpans({ number: ++number, endMs: Date.now(), session: `s-${number % 20}` })
    // Text that does not compress away, so that the disk fills by telemetry too.
    const wide = spans.map((span) => ({
      ...span,
      attributes: [
        ...span.attributes,
        { key: 'note', value: Array.from({ length: 200 }, () => Math.random().toString(36).slice(2)).join(' ') },
      ],
    }))
    const { status, retryAfterSeconds } = await postTraces(recount.otlpHttp, traceRequest(wide))
    answers.set(status, (answers.get(status) ?? 0) + 1)
    if (status === 200) for (const { traceId, spanId } of spans) acknowledged.add(traceId + spanId)
    else retryAfter.add(retryAfterSeconds)
    return status
  }
  for (let i = 0; i < 20; i++) expect(await sendOnce()).toBe(200)

  // Somebody else's file takes all but two MiB.
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(Math.max(0, freeBytes(disk) - 2 * MIB)))
  const until = Date.now() + 60_000
  let refused = 0
  while (refused < 20 && Date.now() < until) if ((await sendOnce()) === 503) refused++
  expect(refused).toBe(20)
  expect([...answers.keys()].sort()).toEqual([200, 503])
  for (const seconds of retryAfter) {
    expect(seconds).toBeGreaterThanOrEqual(1)
    expect(seconds).toBeLessThanOrEqual(5)
  }
  expect(recount.child.exitCode).toBeNull()
  expect((await fetch(`${recount.api}/healthz`)).status).toBe(200)

  rmSync(ballast)
  await expect.poll(sendOnce, { timeout: 30_000 }).toBe(200)
  for (let i = 0; i < 10; i++) expect(await sendOnce()).toBe(200)
  await untilEmpty(recount.api)
  expect(await recount.stop()).toBe(0)
  const database = await openEmbedded(dataDir)
  onTestFinished(() => database.close())
  const { spans } = await expectConsistent(database)
  // A request that was refused is none that was kept in part: the spool cuts it back.
  expect(spans).toBe(acknowledged.size)
  console.log(
    `disk of ${DISK_MIB} MiB filled and freed: answers ${JSON.stringify([...answers])}, ${spans} spans of ${acknowledged.size} acknowledged`,
  )
}, 180_000)
