import { inputTotal, outputTotal } from '../../schema/model/usage.ts'
import type { Groups } from './groups.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/**
 * Rows derived from log records, each joined to whatever else tells of the same call. Surest first: the span it was written in, the id of the answer
 * (joined before this), the same tokens at the same time, the place in time. What stays alone and shows an outcome is a call of its own.
 */
export const joinLogs = (candidates: readonly TallySpan[], tree: RunTree, groups: Groups): void => {
  const logs = candidates.filter(({ origin }) => origin === 'log')
  if (logs.length === 0) return
  const spans = candidates.filter(({ origin }) => origin === 'span')
  const told = new Told(groups)
  for (const span of spans) told.add(span)
  for (const log of logs) joinParent(log, tree, told)
  for (const log of logs) told.settleById(log, spans)
  joinConclusions(logs, groups)
  joinTwins(logs, groups)
  for (const log of logs.filter(hasEvidence)) joinSpan(log, spans, told, isSameCall)
  for (const log of logs.filter(hasEvidence)) joinSpan(log, spans, told, isWithin)
  joinAttempts(logs, spans, told)
}

/** True of a row that shows that a call was made: one that only announces a call, or repeats its request, is none by itself. */
export const hasEvidence = (span: TallySpan): boolean => span.hasUsage || span.answered || span.failed

/** Which span each log has found, and of which spans an event of a name has told. */
class Told {
  readonly #groups: Groups
  readonly #said = new Set<string>()
  readonly #keys = new Map<TallySpan, number>()

  constructor(groups: Groups) {
    this.#groups = groups
  }

  add(span: TallySpan): void {
    this.#keys.set(span, this.#keys.size)
  }

  settle(log: TallySpan, span: TallySpan): void {
    this.#groups.join(span, log)
    if (hasEvidence(log)) this.#said.add(this.#key(log, span))
  }

  /** A span that already has such an event is told of by another one: a call ends once. */
  isFree(log: TallySpan, span: TallySpan): boolean {
    return !this.#said.has(this.#key(log, span))
  }

  isSettled(log: TallySpan): boolean {
    return this.#keys.has(this.#groups.leaderOf(log))
  }

  settleById(log: TallySpan, spans: readonly TallySpan[]): void {
    if (log.responseId === '') return
    const span = spans.find((other) => other.responseId === log.responseId && this.#groups.isTogether(other, log))
    if (span) this.settle(log, span)
  }

  #key(log: TallySpan, span: TallySpan): string {
    return `${this.#keys.get(span) ?? ''} ${log.name}`
  }
}

const joinParent = (log: TallySpan, tree: RunTree, told: Told): void => {
  const span = tree.parentOf(log)
  if (span && span.kind === log.kind && span.origin === 'span') told.settle(log, span)
}

/**
 * A provider's HTTP answer and the end of its stream are two records (Codex): one has the status, the other the tokens. The end belongs to the last
 * answer before it.
 */
const joinConclusions = (logs: readonly TallySpan[], groups: Groups): void => {
  const bySession = new Map<string, TallySpan[]>()
  for (const log of logs.filter(({ responseId, failed }) => responseId === '' && !failed)) {
    const key = `${log.sessionId}\0${log.service}`
    const known = bySession.get(key)
    if (known) known.push(log)
    else bySession.set(key, [log])
  }
  for (const mine of bySession.values()) {
    const waiting: TallySpan[] = []
    for (const log of mine.toSorted((a, b) => compare(endOf(a), endOf(b)))) {
      if (!log.hasUsage && log.answered) waiting.push(log)
      if (!log.hasUsage) continue
      const at = waiting.findLastIndex((attempt) => attempt.name !== log.name && isSameModel(attempt, log))
      const attempt = waiting[at]
      if (!attempt) continue
      groups.join(attempt, log)
      waiting.splice(at, 1)
    }
  }
}

/** Two records of one call under two names (a product's own and the convention's) are written one after the other, with the same tokens. */
const joinTwins = (logs: readonly TallySpan[], groups: Groups): void => {
  const ends = logs.filter(({ hasUsage }) => hasUsage).toSorted((a, b) => compare(endOf(a), endOf(b)))
  for (const [i, log] of ends.entries())
    for (const other of ends.slice(i + 1, i + 1 + NEIGHBOURS_MAX)) {
      if (endOf(other) - endOf(log) > SAME_MOMENT_NANOS_MAX) break
      if (other.name === log.name || other.sessionId !== log.sessionId) continue
      if (groups.isTogether(log, other) || !isSameModel(log, other) || !isSameUsage(log, other)) continue
      groups.join(log, other)
      break
    }
}

const NEIGHBOURS_MAX = 16

/** The nearest span in time that fits and that no event of this name has told of yet. */
const joinSpan = (
  log: TallySpan,
  spans: readonly TallySpan[],
  told: Told,
  fits: (span: TallySpan, log: TallySpan) => boolean,
): void => {
  if (told.isSettled(log)) return
  let best: TallySpan | undefined
  for (const span of spans) {
    if (span.kind !== log.kind || !isSameModel(span, log) || !told.isFree(log, span) || !fits(span, log)) continue
    if (!best || distance(span, log) < distance(best, log)) best = span
  }
  if (best) told.settle(log, best)
}

/** The same tokens shortly after; clocks and export pipelines of one process may differ by this. */
const SAME_CALL_NANOS_MAX = 10_000_000_000n
const SAME_MOMENT_NANOS_MAX = 2_000_000_000n
const LOG_DELAY_NANOS_MAX = 1_000_000_000n

const isSameCall = (span: TallySpan, log: TallySpan): boolean =>
  isSameUsage(span, log) && distance(span, log) <= SAME_CALL_NANOS_MAX

/** Written while the span was open or just after it, in its trace where both name one. Without the same tokens nothing surer is to be had. */
const isWithin = (span: TallySpan, log: TallySpan): boolean =>
  (span.traceId === log.traceId || log.parentSpanId === '') &&
  span.failed === log.failed &&
  !(span.hasUsage && log.hasUsage) &&
  span.startNanos <= endOf(log) &&
  endOf(log) <= endOf(span) + LOG_DELAY_NANOS_MAX

/** An answer whose stream's end was not recorded: the first span in its trace that reads a stream after it. */
const joinAttempts = (logs: readonly TallySpan[], spans: readonly TallySpan[], told: Told): void => {
  for (const log of logs) {
    if (told.isSettled(log) || log.hasUsage || log.failed || !log.answered) continue
    const next = spans.find(
      (span) =>
        span.traceId === log.traceId &&
        span.kind === log.kind &&
        isSameModel(span, log) &&
        span.startNanos >= log.startNanos &&
        !span.failed &&
        told.isFree(log, span),
    )
    if (next) told.settle(log, next)
  }
}

/** One may count reasoning among its output and the other not. */
const isSameUsage = (a: TallySpan, b: TallySpan): boolean =>
  a.hasUsage &&
  b.hasUsage &&
  inputTotal(a.usage) === inputTotal(b.usage) &&
  (outputTotal(a.usage) === outputTotal(b.usage) || a.usage.outputText === b.usage.outputText)

const isSameModel = (a: TallySpan, b: TallySpan): boolean => {
  const [mine, other] = [a, b].map(({ model, requestModel }) => [model, requestModel].filter((name) => name !== ''))
  if (!mine?.length || !other?.length) return true
  return mine.some((name) => other.some((said) => said === name || said.startsWith(name) || name.startsWith(said)))
}

/** From the moment that a log was written at to a span's time; 0 inside. */
const distance = (span: TallySpan, log: TallySpan): bigint => {
  const at = endOf(log)
  if (at < span.startNanos) return span.startNanos - at
  return at > endOf(span) ? at - endOf(span) : 0n
}

const endOf = ({ startNanos, durationNanos }: TallySpan): bigint => startNanos + durationNanos
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
