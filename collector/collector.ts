import { join } from 'node:path'
import type { Database } from '../schema/clickhouse/database.ts'
import type { MetricsRegistry } from '../schema/metrics/registry.ts'
import { DecodeError } from '../schema/otlp/wire.ts'
import type { PriceBooks } from '../schema/prices/price-book.ts'
import { genaiPriceBook } from '../schema/prices/project-price-book.ts'
import { collectorMeters } from './collector-meters.ts'
import { encodeLateFacts, type LateFacts } from './late-facts/encode-late-facts.ts'
import { type Loaded, loadSegment } from './load/load-segment.ts'
import { isPermanent, untilDone } from './load/retry.ts'
import type { Masking } from './mask/policy.ts'
import type { Section } from './normalise/encode-batch.ts'
import { startNormalisePool } from './normalise/pool.ts'
import type { AcceptResult, Consumer, OtlpRequest } from './pipeline-types.ts'
import { type RenormaliseProgress, type RenormaliseRequest, renormalise } from './renormalise/renormalise.ts'
import type { RepriceRequest } from './reprice/period.ts'
import { type RepriceProgress, reprice } from './reprice/reprice.ts'
import type { Target, TraceKey } from './spool/keys.ts'
import { type Segment, SPOOL_LIMITS, Spool, SpoolFull, type SpoolLimits } from './spool/spool.ts'
import { groupBy } from './tally/group-by.ts'
import { type JournalTimes, openJournal } from './tally/journal.ts'
import { oneAtATime, type Turn } from './tally/ledger-turns.ts'
import { localTurns } from './tally/local-turns.ts'
import { ruleBooks } from './tally/rule-books.ts'
import { Tallier } from './tally/tallier.ts'
import { writerIdOf } from './tally/writer-id.ts'

export interface CollectorConfig {
  readonly dataDir: string
  /** 0 keeps for ever. */
  readonly retentionDays: number
  readonly normaliseThreads: number
  readonly spool: SpoolLimits
  /** Absent: nothing is masked. */
  readonly masking?: Masking | undefined
  /** Other collectors may write to the same store: how talliers take turns (docs/decisions/0007). Absent where this is the only one. */
  readonly sharedStore?: JournalTimes | undefined
}

export const COLLECTOR_DEFAULTS = { retentionDays: 30, normaliseThreads: 1, spool: SPOOL_LIMITS } as const

/**
 * What is loaded before its runs are tallied together: one tally of a run instead of one per segment when there is a backlog, so that a run that
 * keeps growing is counted anew less often the longer that takes.
 */
const SEGMENTS_PER_ROUND_MAX = 64
const ROUND_BYTES_MAX = 128 * 1024 ** 2
/** Of runs whose spans may still come: about 40 MB. Only where no other collector can load spans of a run that is kept. */
const SPANS_KEPT_MAX = 40_000
const RETRY_AFTER_SECONDS = 2
const RETRY_AFTER_DISK_SECONDS = 5

export interface CollectorStatus {
  readonly spoolBytes: number
  /** Age of the oldest acknowledged request that cannot be queried and is not tallied yet; 0 when none waits. */
  readonly lagMs: number
  /** The same, of what waits to be loaded, and of what is loaded and waits to be tallied. */
  readonly loadLagMs: number
  readonly tallyLagMs: number
  /** Why loading does not advance, '' while it does. */
  readonly trouble: string
}

export interface Collector {
  readonly accept: Consumer
  /** Judgements and money that come by another door; resolves when they are on disk, as `accept` does. */
  readonly keepLateFacts: (facts: LateFacts) => Promise<'kept' | { readonly retryAfterSeconds: number }>
  readonly status: () => CollectorStatus
  /** Resolves when everything accepted so far can be queried and is tallied. */
  readonly settled: () => Promise<void>
  /** History of a range read again under the present rules (renormalise/). Resolves when the new versions are acknowledged, as `accept` does. */
  readonly renormalise: (
    request: RenormaliseRequest,
    progress?: (progress: RenormaliseProgress) => void,
  ) => Promise<RenormaliseProgress>
  /** History at the present prices of its project (reprice/). Resolves when the figures have changed. */
  readonly reprice: (
    request: RepriceRequest,
    progress?: (progress: RepriceProgress) => void,
  ) => Promise<RepriceProgress>
  /** Takes nothing more, loads what it can in `graceMs`; the rest stays in the spool for the next start. */
  readonly close: (graceMs: number) => Promise<void>
}

/**
 * The write path, joined: accept → normalise → spool (acknowledged here) → load → tally. Read it first; each stage is a folder beside it.
 */
export const startCollector = async (
  config: CollectorConfig,
  deps: {
    readonly database: Database
    readonly metrics: MetricsRegistry
    readonly log: (line: string) => void
    /** Absent: the built-in list for every project. */
    readonly prices?: PriceBooks
  },
): Promise<Collector> => {
  const { database, metrics, log } = deps
  const meters = collectorMeters(metrics)
  let trouble = ''
  let stopping = false
  let wake: () => void = () => undefined

  const said = new Map<string, number>()
  const report = (line: string): void => {
    const now = performance.now()
    if (now - (said.get(line) ?? Number.NEGATIVE_INFINITY) < 10_000) return
    log(line)
    said.set(line, now)
  }
  const corrupt = (file: string, detail: string): void => {
    meters.corrupt.inc()
    log(`spool: ${file}: ${detail}; a copy is kept in the quarantine folder beside it`)
  }
  const insist = <T>(work: () => Promise<T>): Promise<T> =>
    untilDone(work, {
      failed: (error, waitMs) => {
        trouble = (error as Error).message
        meters.loadErrors.inc()
        report(`load: ${trouble.slice(0, 300)}; trying again in ${waitMs} ms, nothing is lost`)
      },
      stopped: () => stopping,
    }).then((result) => {
      trouble = ''
      return result
    })

  const tallySpool = await Spool.open(
    join(config.dataDir, 'spool', 'tally'),
    { segmentClosed: () => undefined, corrupt },
    { ...config.spool, segmentAgeMsMax: 3_600_000 },
  )
  const loadOne = async (spool: Spool, segment: Segment): Promise<Loaded | undefined> => {
    const sections = await spool.read(segment)
    try {
      const loaded = await insist(() => loadSegment(database, segment, sections))
      for (const [table, rows] of Object.entries(loaded.rows)) meters.loaded.inc({ table }, rows)
      return loaded
    } catch (error) {
      if (!isPermanent(error)) throw error
      await spool.quarantine(segment, whyNot(error as Error))
      return undefined
    }
  }
  const loadAll = async (spool: Spool): Promise<void> => {
    for (const segment of spool.segments) if (await loadOne(spool, segment)) await spool.remove(segment)
  }

  const spool = await Spool.open(
    join(config.dataDir, 'spool', 'telemetry'),
    { segmentClosed: () => wake(), corrupt },
    config.spool,
  )
  const turns = oneAtATime(
    config.sharedStore
      ? openJournal({
          database,
          writer: await writerIdOf(config.dataDir),
          times: config.sharedStore,
          setAside: async (sections, error) => {
            await tallySpool.append(sections)
            await tallySpool.flush()
            for (const segment of tallySpool.segments) await tallySpool.quarantine(segment, whyNot(error))
          },
          turnLost: () => meters.turnsLost.inc(),
          stopped: () => stopping,
        })
      : localTurns(tallySpool, loadAll),
  )
  let turn: Turn | undefined
  const prices = deps.prices ?? { of: always(genaiPriceBook()) }
  const tallier = new Tallier({
    database,
    prices,
    rules: ruleBooks(database),
    write: (sections) => turn!.write(sections),
    spansKeptMax: config.sharedStore ? 0 : SPANS_KEPT_MAX,
    failed: (projectId, runId, error) => {
      meters.tallyFailed.inc()
      report(
        `tally: run ${runId} of project ${projectId} could not be counted, please report this: ${(error as Error).message}`,
      )
    },
  })
  const pool = startNormalisePool(config.normaliseThreads, config.masking)

  /** Segments that are loaded and whose runs are being tallied; they stay in the spool until that is done. */
  const loadedIds = new Set<string>()

  /** Loads the next round; undefined where nothing is closed. */
  const loadRound = async (): Promise<Round | undefined> => {
    const batch = firstRound(spool.segments.filter((segment) => !loadedIds.has(segment.id)))
    if (batch.length === 0) return undefined
    const keys: TraceKey[] = []
    const segments: Segment[] = []
    const spans: Section[] = []
    const targets: Target[] = []
    for (const segment of batch) {
      const loaded = await loadOne(spool, segment)
      if (!loaded) continue
      for (const key of loaded.keys) keys.push(key)
      for (const section of loaded.spans) spans.push(section)
      for (const target of loaded.targets) targets.push(target)
      segments.push(segment)
      loadedIds.add(segment.id)
    }
    return { keys, segments, spans, targets }
  }

  /** Tallies what a round touched, then forgets its segments. */
  const tallyRound = async ({ keys, segments, spans, targets }: Round): Promise<void> => {
    const started = performance.now()
    const shardOf = ({ projectId }: { readonly projectId: number }): number => projectId % turns.shards
    const keysOf = groupBy(keys, shardOf)
    const targetsOf = groupBy(targets, shardOf)
    for (const shard of new Set([...keysOf.keys(), ...targetsOf.keys()])) {
      const runs = await insist(() =>
        turns.turn(shard, (given) => {
          turn = given
          return tallier.tally(keysOf.get(shard) ?? [], spans, targetsOf.get(shard))
        }),
      )
      meters.tallied.inc(undefined, runs)
    }
    meters.tallySeconds.inc(undefined, (performance.now() - started) / 1000)
    for (const segment of segments) {
      await spool.remove(segment)
      loadedIds.delete(segment.id)
    }
  }

  /**
   * One round is tallied while the next is loaded. A tally may see spans of the next round already; that round's own tally sees them all. Tallies
   * follow each other, so there is only ever one.
   */
  const run = async (): Promise<void> => {
    await insist(() => loadAll(tallySpool))
    let tallying: Promise<void> | undefined
    while (!stopping) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const round = await loadRound()
      if (!round) {
        await (tallying ? Promise.race([woken, tallying]) : woken)
        if (tallying && (await isSettled(tallying))) tallying = undefined
        continue
      }
      await tallying
      tallying = tallyRound(round)
      // Its failure is met at the next await.
      tallying.catch(() => undefined)
    }
    await tallying
  }
  let failure: Error | undefined
  const running = run().catch((error: Error) => {
    if (stopping) return
    // A defect, not a state of the world (those are retried): say it, keep taking telemetry, and let /readyz turn red.
    failure = error
    trouble = `loading stopped: ${error.message}`
    log(`load: stopped by a defect, restart Recount and report this: ${error.stack ?? error.message}`)
  })

  let lastOrder = 0n
  const nextOrder = (): bigint => {
    const now = BigInt(Date.now()) * 1000n
    lastOrder = now > lastOrder ? now : lastOrder + 1n
    return lastOrder
  }

  const accept = async (request: OtlpRequest): Promise<AcceptResult> => {
    const context = { receivedOrder: nextOrder(), retentionDays: config.retentionDays }
    let batch: Awaited<ReturnType<typeof pool.encode>>
    try {
      batch = await pool.encode(request, context)
    } catch (error) {
      if (error instanceof DecodeError) return { kind: 'invalid', message: error.message }
      log(`normalise: ${(error as Error).message.slice(0, 2000)}`)
      return { kind: 'unavailable', reason: 'normalise_failed', retryAfterSeconds: RETRY_AFTER_SECONDS }
    }
    try {
      for (const [finding, count] of Object.entries(batch.findings)) meters.masked.inc({ finding }, count)
      if (batch.sections.length > 0) await spool.append(batch.sections)
      return { kind: 'accepted', accepted: batch.accepted, rejections: batch.rejections, notes: batch.notes }
    } catch (error) {
      return { kind: 'unavailable', ...notKept(error as Error) }
    }
  }

  const notKept = (error: Error): { readonly reason: string; readonly retryAfterSeconds: number } => {
    const full = error instanceof SpoolFull
    report(`spool: ${error.message}; answering 503 until there is room`)
    return {
      reason: full ? 'spool_full' : 'spool_write_failed',
      retryAfterSeconds: full ? RETRY_AFTER_SECONDS : RETRY_AFTER_DISK_SECONDS,
    }
  }

  const keepLateFacts = async (facts: LateFacts): Promise<'kept' | { readonly retryAfterSeconds: number }> => {
    const context = { receivedOrder: nextOrder(), retentionDays: config.retentionDays, receivedAtMs: Date.now() }
    const sections = encodeLateFacts(facts, context)
    try {
      if (sections.length > 0) await spool.append(sections)
      return 'kept'
    } catch (error) {
      return notKept(error as Error)
    }
  }

  const lagMs = (): number => {
    const oldest = spool.oldestMs
    return oldest === undefined ? 0 : Math.max(0, performance.now() - oldest)
  }
  const stageLagMs = (isLoaded: boolean): number => {
    const opened = spool.segments
      .filter(({ id }) => loadedIds.has(id) === isLoaded)
      .map((segment) => segment.openedAtMs)
    return opened.length === 0 ? 0 : Math.max(0, performance.now() - Math.min(...opened))
  }
  metrics.read('recount_spool_bytes', 'Bytes acknowledged and not yet loaded', () => spool.bytes + turns.bytes())
  metrics.read(
    'recount_tally_lag_seconds',
    'Age of the oldest request that is queryable and waits to be tallied',
    () => stageLagMs(true) / 1000,
  )
  metrics.read(
    'recount_load_lag_seconds',
    'Age of the oldest request that is not queryable and tallied',
    () => lagMs() / 1000,
  )

  return {
    accept,
    keepLateFacts,
    renormalise: (request, progress) =>
      renormalise(database, request, {
        append: async (sections) => void (await spool.append(sections)),
        nextOrder,
        ...(progress ? { progress } : {}),
      }),
    reprice: (request, progress) => reprice({ database, turns, book: prices.of(request.projectId) }, request, progress),
    status: () => ({
      spoolBytes: spool.bytes + turns.bytes(),
      lagMs: lagMs(),
      loadLagMs: stageLagMs(false),
      tallyLagMs: stageLagMs(true),
      trouble,
    }),
    settled: async () => {
      await spool.flush()
      while (spool.bytes > 0) {
        if (failure) throw failure
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    close: async (graceMs) => {
      await spool.flush()
      const until = performance.now() + graceMs
      while (spool.bytes > 0 && performance.now() < until && !trouble)
        await new Promise((resolve) => setTimeout(resolve, 10))
      stopping = true
      wake()
      await running
      await Promise.all([pool.close(), spool.close(), turns.close(), tallySpool.close()])
    },
  }
}

interface Round {
  readonly keys: readonly TraceKey[]
  readonly segments: readonly Segment[]
  readonly spans: readonly Section[]
  readonly targets: readonly Target[]
}

const always =
  <T>(value: T): (() => T) =>
  () =>
    value

const whyNot = (error: Error): string => `cannot be loaded: ${error.message.slice(0, 500)}`

/** Whether a promise is done already; throws what it failed with. */
const isSettled = async (promise: Promise<void>): Promise<boolean> => {
  const pending = Symbol('pending')
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending
}

/** At least one segment, and as many more as a round may hold. */
const firstRound = (segments: readonly Segment[]): readonly Segment[] => {
  let bytes = 0
  const round: Segment[] = []
  for (const segment of segments.slice(0, SEGMENTS_PER_ROUND_MAX)) {
    bytes += segment.bytes
    if (round.length > 0 && bytes > ROUND_BYTES_MAX) break
    round.push(segment)
  }
  return round
}
