import type { Database } from '../../schema/clickhouse/database.ts'
import { blockBuilder } from '../../schema/clickhouse/native-writer.ts'
import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { RowBinaryWriter } from '../../schema/clickhouse/row-binary-writer.ts'
import {
  LEDGER,
  LEDGER_HEADER_BYTES,
  type LedgerRow,
  rowEncoder,
  TRACES,
  type TraceRow,
} from '../../schema/clickhouse/tables.ts'
import type { Call, RunTally } from '../../schema/model/run.ts'
import type { PriceBooks } from '../../schema/prices/price-book.ts'
import type { Section } from '../normalise/encode-batch.ts'
import { mergeKeys, type Target, type TraceKey } from '../spool/keys.ts'
import { rootsOf, strayResponseIds } from './assign-trace.ts'
import { Breath } from './breath.ts'
import { gather, type KnownSpans, type TraceState } from './gather.ts'
import { groupBy } from './group-by.ts'
import { withLateFacts } from './late-facts.ts'
import { latestOf } from './latest.ts'
import { isEarlier } from './order.ts'
import { OUTCOME_KEY, outcomeKeysOf } from './outcome-keys.ts'
import { tracesOfTargets } from './read-late-facts.ts'
import { LEDGER_DECODERS, type LedgerEntry, readContents, readLedger, readScores, type Standing } from './read-runs.ts'
import type { RuleBooks } from './rule-books.ts'
import { detached, spansOfSections } from './span-blocks.ts'
import { SpanCache } from './span-cache.ts'
import { tallyRun } from './tally-run.ts'
import type { TallySpan } from './tally-span.ts'

/**
 * Traces tallied at once: bounds the memory of a round. Not fewer, because a session of bare calls is read whole with each part of a round that touches
 * it: 200 kills under load left 25 such sessions of 1,400 traces each, and rounds in parts of 2,000 fell behind for minutes.
 */
const TRACES_PER_ROUND_MAX = 20_000
/** Rows of several projects that go into the ledger with one insert. */
const ROWS_PER_WRITE_MAX = 5_000
/** Tool definitions kept by hash, so that the same 20 tools are not read again with every run. */
const DEFINITIONS_KEPT_MAX = 1_000

/**
 * Brings the ledger up to date with what was loaded. For the touched traces: read all their spans, find the runs they belong to, tally each
 * run anew, and where the tally differs from what the ledger holds, take the old version back (−1) and enter the new one (+1).
 *
 * Doing it again changes nothing, so after a crash it is simply done again. There is one tallier per data set (architecture.md §3: two would
 * retract the same version and leave wrong sums for ever); the composition root sees to that.
 */
export class Tallier {
  readonly #database: Database
  readonly #prices: PriceBooks
  readonly #rules: RuleBooks
  /** Makes ledger rows durable and loads them exactly once, before it resolves. */
  readonly #write: (sections: readonly Section[]) => Promise<void>
  readonly #definitions = new Map<string, string>()
  readonly #failed: (projectId: number, runId: string, error: unknown) => void
  readonly #kept: SpanCache
  /** Traces of runs that could not be counted: the engine has spans of them although they were never noted. */
  readonly #uncounted = new Set<string>()
  readonly #breath = new Breath()
  readonly #out = new RoundWriter()
  #lastVersion = 0n

  constructor(deps: {
    /** Spans kept from one tally to the next; 0 where other programs load spans into the same tables, whose spans would be missed. */
    readonly spansKeptMax: number
    readonly database: Database
    readonly prices: PriceBooks
    readonly rules: RuleBooks
    readonly write: (sections: readonly Section[]) => Promise<void>
    readonly failed: (projectId: number, runId: string, error: unknown) => void
  }) {
    this.#database = deps.database
    this.#prices = deps.prices
    this.#rules = deps.rules
    this.#write = deps.write
    this.#failed = deps.failed
    this.#kept = new SpanCache(deps.spansKeptMax)
  }

  /**
   * Resolves with the number of runs that changed, when their figures can be queried. `sections` are those of the segments that touched these traces:
   * their spans are then not asked for. @throws DatabaseError: try again
   */
  async tally(
    keys: readonly TraceKey[],
    sections: readonly Section[] = [],
    targets: readonly Target[] = [],
  ): Promise<number> {
    try {
      return await this.#tally([...keys, ...(await this.#keysOf(targets))], sections)
    } catch (error) {
      // What was kept may hold spans of this try already.
      this.#kept.clear()
      this.#out.reset()
      throw error
    }
  }

  async #tally(keys: readonly TraceKey[], sections: readonly Section[]): Promise<number> {
    const out = this.#out
    let changed = 0
    const flush = async (): Promise<void> => {
      changed += out.changed
      if (out.rows > 0) await this.#write(out.take())
    }
    const arrived = sections.length === 0 ? undefined : await spansOfSections(sections, this.#breath)
    const byProjectArrived = arrived && groupBy(arrived, (span) => span.projectId)
    for (const [projectId, mine] of groupBy(mergeKeys(keys), (key) => key.projectId)) {
      const known: KnownSpans = {
        arrived: byProjectArrived && groupBy(byProjectArrived.get(projectId) ?? [], (span) => span.traceId),
        before: (traceId) => this.#kept.get(projectId, traceId),
        uncounted: this.#uncounted,
      }
      for (let i = 0; i < mine.length; i += TRACES_PER_ROUND_MAX) {
        // A later round of one project may meet a run of an earlier one, which must stand in the ledger by then; projects share nothing.
        if (i > 0 || out.rows >= ROWS_PER_WRITE_MAX) await flush()
        await this.#round(projectId, mine.slice(i, i + TRACES_PER_ROUND_MAX), known)
      }
    }
    await flush()
    return changed
  }

  /** The traces that sessions and keys stand for. */
  async #keysOf(targets: readonly Target[]): Promise<readonly TraceKey[]> {
    const keys: TraceKey[] = []
    for (const [projectId, mine] of groupBy(targets, (target) => target.projectId))
      for (const traceId of await tracesOfTargets(this.#database, projectId, mine))
        keys.push({ projectId, traceId, ...NO_BOUNDS })
    return keys
  }

  async #round(projectId: number, keys: readonly TraceKey[], known: KnownSpans): Promise<void> {
    const out = this.#out
    out.begin(this.#nextVersion())
    const read = (wanted: readonly TraceKey[]) => gather(this.#database, projectId, wanted, known, this.#breath)
    const { traces, late } = await withLateFacts(this.#database, projectId, await read(keys), (traceIds) =>
      read(mergeKeys([...keys, ...traceIds.map((traceId) => ({ projectId, traceId, ...NO_BOUNDS }))])),
    )
    // A root is exported last: with it a run is most likely whole.
    for (const { traceId, spans } of traces.values())
      if (spans.some(isTrueRoot)) this.#kept.delete(projectId, traceId)
      else this.#kept.set(projectId, traceId, spans.map(detached))
    const runs = groupBy([...traces.values()], (trace) => trace.assignment.runId)
    const { entries: ledger, surplus } = await this.#standing(projectId, traces)
    const traceIds = [...traces.keys()]
    const scores = await readScores(this.#database, projectId, traceIds)
    const definitions = await this.#toolDefinitions(projectId, traces)

    const scoresByTrace = groupBy(scores, (score) => score.traceId)
    const prices = this.#prices.of(projectId)
    const rules = await this.#rules.of(projectId)
    for (const [runId, members] of runs) {
      // Awaiting what is already there costs more than tallying a small run.
      if (this.#breath.isDue) await this.#breath.take()
      try {
        const tally = tallyRun(
          {
            projectId,
            runId,
            spans: members.length === 1 ? members[0]!.spans : members.flatMap((member) => member.spans),
            scores: [...members.flatMap((member) => scoresByTrace.get(member.traceId) ?? []), ...late.scoresOf(runId)],
            charges: late.chargesOf(runId),
            rules,
            toolDefinitions: definitions,
          },
          prices,
        )
        out.enter(tally, members, ledger.get(runId))
      } catch (error) {
        // A defect in counting one run must not stop all others; it is said, and tried again when the run changes or is tallied anew.
        this.#failed(projectId, runId, error)
        for (const { traceId } of members) this.#uncounted.add(traceId)
      }
      ledger.delete(runId)
    }
    // What is left stood for a run that lost its traces to another: nothing replaces it.
    for (const entry of [...ledger.values(), ...surplus]) out.takeBack(entry)
  }

  /** What the ledger holds now of every run that any of these traces belongs or belonged to. */
  async #standing(projectId: number, traces: ReadonlyMap<string, TraceState>): Promise<Standing> {
    const runIds = new Set<string>()
    let from: bigint | undefined
    let to: bigint | undefined
    for (const { previous } of traces.values()) {
      if (!previous) continue
      runIds.add(previous.runId)
      if (from === undefined || previous.runEndNanos < from) from = previous.runEndNanos
      if (to === undefined || previous.runEndNanos > to) to = previous.runEndNanos
    }
    if (from === undefined || to === undefined) return { entries: new Map(), surplus: [] }
    return readLedger(this.#database, projectId, [...runIds], { from, to })
  }

  async #toolDefinitions(
    projectId: number,
    traces: ReadonlyMap<string, TraceState>,
  ): Promise<ReadonlyMap<string, string>> {
    const missing = new Set<string>()
    const where = new Set<string>()
    for (const { traceId, spans } of traces.values())
      for (const { toolDefinitionsRef: ref } of spans)
        if (ref !== '' && !this.#definitions.has(ref)) {
          missing.add(ref)
          where.add(traceId)
        }
    if (missing.size > 0) {
      const found = await readContents(this.#database, projectId, [...where], [...missing])
      for (const [hash, body] of found) this.#definitions.set(hash, body)
      for (const hash of this.#definitions.keys()) {
        if (this.#definitions.size <= DEFINITIONS_KEPT_MAX) break
        if (!missing.has(hash)) this.#definitions.delete(hash)
      }
    }
    return this.#definitions
  }

  /** Larger than every version given before, also when the clock steps back within one process. */
  #nextVersion(): bigint {
    const now = BigInt(Date.now()) * 1000n
    this.#lastVersion = now > this.#lastVersion ? now : this.#lastVersion + 1n
    return this.#lastVersion
  }
}

/** Collects ledger and trace rows of one round or of several. */
class RoundWriter {
  #version = 0n
  #talliedAtMs = 0
  readonly #scratch = new RowBinaryWriter()
  readonly #ledger = blockBuilder(LEDGER)
  readonly #traces = blockBuilder(TRACES)
  /** Why what was collected cannot be written. */
  #broken: unknown
  /** Runs that differ from what stood, since the last `take`. */
  changed = 0

  begin(version: bigint): void {
    this.#version = version
    this.#talliedAtMs = Date.now()
  }

  get rows(): number {
    return this.#ledger.rows + this.#traces.rows
  }

  enter(tally: RunTally, members: readonly TraceState[], standing: LedgerEntry | undefined): void {
    const version = standing && standing.version >= this.#version ? standing.version + 1n : this.#version
    const entry: LedgerRow = { sign: 1, talliedAtMs: this.#talliedAtMs, version, tally }
    const same = standing !== undefined && this.#isSame(entry, standing)
    if (!same) {
      for (const { name, value } of SUMS) checkSum(value(entry) as bigint, name)
      if (standing) this.takeBack(standing)
      this.#add(() => this.#ledger.add(entry))
      this.changed++
    }
    for (const member of members) this.#enterTrace(tally, member, same ? standing.version : version)
  }

  /** Whether the standing row says the same, byte for byte, behind its header. */
  #isSame(entry: LedgerRow, { row }: LedgerEntry): boolean {
    this.#scratch.rewind(0)
    encodeLedger(this.#scratch, entry)
    return (
      Buffer.compare(this.#scratch.written().subarray(LEDGER_HEADER_BYTES), row.subarray(LEDGER_HEADER_BYTES)) === 0
    )
  }

  /** The same row with its sign turned: it cancels the standing one in every view, whatever they sum. */
  takeBack({ row }: LedgerEntry): void {
    const reader = new RowBinaryReader(row)
    const [, , ...values] = LEDGER_DECODERS.map((decode) => decode(reader))
    this.#add(() => this.#ledger.addValues([-1, BigInt(this.#talliedAtMs), ...values]))
  }

  #enterTrace(tally: RunTally, { traceId, spans, assignment, previous }: TraceState, runVersion: bigint): void {
    const facts = traceFacts(spans, tally.calls)
    const row: TraceRow = {
      projectId: tally.projectId,
      traceId,
      version: previous && previous.version >= this.#version ? previous.version + 1n : this.#version,
      runId: tally.runId,
      sessionId: assignment.sessionId,
      isCallRoot: assignment.isCallRoot,
      runTraces: tally.traceIds.length,
      strayResponseIds: strayResponseIds(spans),
      runEndNanos: tally.endNanos,
      runVersion,
      env: tally.env,
      outcomeKeys: tally.labels.has(OUTCOME_KEY) ? outcomeKeysOf(spans) : NO_KEYS,
      ...facts,
    }
    if (previous && sameTrace(previous, row)) return
    this.#add(() => this.#traces.add(row))
  }

  /** A row that is missing would be lost without a word: one that does not fit its columns spoils all, which `take` says. */
  #add(add: () => void): void {
    try {
      add()
    } catch (error) {
      this.#broken ??= error
    }
  }

  /** What was collected since the last time. */
  take(): Section[] {
    if (this.#broken !== undefined)
      throw new Error('a row of the tally does not fit its columns', { cause: this.#broken })
    this.changed = 0
    const ledger = { table: 'run_ledger' as const, format: 'Native' as const, ...this.#ledger.take() }
    const traces = { table: 'traces' as const, format: 'Native' as const, ...this.#traces.take() }
    return [ledger, traces].filter((section) => section.rows > 0)
  }

  /** Forgets what was collected. */
  reset(): void {
    this.#ledger.reset()
    this.#traces.reset()
    this.#broken = undefined
    this.changed = 0
  }
}

const NO_BOUNDS = { minStart: undefined, maxStart: undefined }
const NO_KEYS: readonly string[] = []

const isTrueRoot = ({ parentSpanId, origin }: TallySpan): boolean => parentSpanId === '' && origin === 'span'

const encodeLedger = rowEncoder(LEDGER)
/** Figures that grow with a run: the only ones that could outgrow their column. */
const SUMS = LEDGER.columns.filter(({ type }) => /^(UInt64|Decimal64)/.test(type))
const SUM_MAX = 2n ** 63n - 1n

const checkSum = (value: bigint, name: string): void => {
  if (value > SUM_MAX || value < -SUM_MAX)
    throw new RangeError(`${name} of the run is ${value}, more than a ledger can hold`)
}

const sameTrace = (a: TraceRow, b: TraceRow): boolean =>
  (Object.keys(b) as (keyof TraceRow)[]).every(
    (key) =>
      key === 'version' ||
      a[key] === b[key] ||
      ((key === 'strayResponseIds' || key === 'outcomeKeys') && a[key].join('\0') === b[key].join('\0')),
  )

/** Bounds and names of one trace, for lists and for narrow reads. Spans sent twice are one. */
const traceFacts = (spans: readonly TallySpan[], calls: readonly Call[]) => {
  const last = latestOf(spans)
  const counted = last.filter((span) => span.origin === 'span')
  const all = counted.length > 0 ? counted : last
  let root: TallySpan | undefined
  for (const candidate of rootsOf(all)) if (!root || isEarlier(candidate, root)) root = candidate
  // Bounds cover every version: a span that was moved in time by a later version must still be found.
  const starts = spans.map((span) => span.startNanos)
  return {
    startNanos: min(starts),
    lastStartNanos: max(starts),
    endNanos: max(spans.map((span) => span.startNanos + span.durationNanos)),
    spanCount: counted.length,
    errorCount: counted.filter((span) => span.status === 2).length,
    rootName: root?.name ?? '',
    service: root?.service ?? '',
    agent: root?.agent || calls.find((call) => call.traceId === root?.traceId)?.agent || root?.service || '',
  }
}

const min = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a))
const max = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a))
