import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Attributes } from '@opentelemetry/api'
import type { TelemetryResource, UnixNanos } from '../otlp/telemetry.ts'
import { agentDojoRuns } from './agentdojo.ts'
import { experimentIdKey, experimentNameKey, experimentVersionKey, suiteKey } from './attributes.ts'
import { miniSweAgentRuns } from './mini-swe-agent.ts'
import type { RecordedRun } from './recorded-run.ts'
import { hashId, type RecordedTrace, runToTrace } from './run-to-trace.ts'
import { tauBenchRuns } from './tau-bench.ts'
import { tau2Runs } from './tau2.ts'
import { type TimedRun, timeRuns } from './times.ts'

export const recordingFormats = ['tau2', 'tau-bench', 'agentdojo', 'mini-swe-agent'] as const
export type RecordingFormat = (typeof recordingFormats)[number]

/** The file is not what the format says. The message names the file and the first thing that is wrong. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}

export interface RecordingOptions {
  /** Leave times as recorded. */
  readonly keepTime?: boolean
  /** When the import happens: the last run of the file is moved to end here. */
  readonly importNanos?: UnixNanos
  /** The experiment to which the runs belong; by default one named after the file. */
  readonly experiment?: { readonly id: string; readonly name: string }
  /** Repetitions already counted, per case, when several files make one experiment. Updated. */
  readonly trials?: TrialCounter
}

/** Reads one recording into traces, one per run, in the order of the file. Traces are built as they are asked for. */
export function* recordingToTraces(
  format: RecordingFormat,
  bytes: Uint8Array,
  fileName: string,
  options: RecordingOptions = {},
): Generator<RecordedTrace> {
  const content = unpacked(bytes)
  const fileDigest = contentDigest(content)
  const name = experimentNameOf(fileName)
  const experiment = options.experiment ?? { id: experimentId(name, [fileDigest]), name }
  const trials = options.trials ?? new TrialCounter()
  const times = {
    keepTime: options.keepTime ?? false,
    importNanos: options.importNanos ?? BigInt(Date.now()) * 1_000_000n,
  }
  const resources = new Map<string, TelemetryResource>()
  for (const [index, timed] of timeRuns(readRuns(format, content, fileName), times).entries()) {
    const attributes = experimentAttributes(timed.run, experiment)
    const key = JSON.stringify([timed.run.agent, attributes])
    const resource = resources.get(key) ?? resourceOf(timed, attributes, format)
    resources.set(key, resource)
    yield runToTrace(timed, { fileDigest, index, trial: trials.next(timed.run), experiment: attributes, resource })
  }
}

/** Hash of a file's content, the same whether it is packed or not. */
export function contentDigest(unpackedBytes: Uint8Array): string {
  return createHash('sha256').update(unpackedBytes).digest('hex')
}

export function experimentId(name: string, fileDigests: readonly string[]): string {
  return hashId(16, 'experiment', name, ...[...fileDigests].sort())
}

/** File name without .json, .jsonl, .gz. */
export function experimentNameOf(fileName: string): string {
  return basename(fileName).replace(/(\.jsonl?)?(\.gz)?$/i, '')
}

export function unpacked(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}

/** Numbers the repetitions of a case within one experiment, whatever numbers its files gave them. */
export class TrialCounter {
  readonly #taken = new Map<string, Set<number>>()

  next({ suite, case: name, trial }: RecordedRun): number {
    const key = JSON.stringify([suite, name])
    const taken = this.#taken.get(key) ?? new Set<number>()
    let number = trial ?? 0
    while (taken.has(number)) number += 1
    this.#taken.set(key, taken.add(number))
    return number
  }
}

function experimentAttributes(
  run: RecordedRun,
  experiment: { readonly id: string; readonly name: string },
): Attributes {
  return {
    [experimentIdKey]: experiment.id,
    [experimentNameKey]: experiment.name,
    [experimentVersionKey]: run.version,
    [suiteKey]: run.suite,
  }
}

function resourceOf({ run }: TimedRun, experiment: Attributes, format: RecordingFormat): TelemetryResource {
  return {
    attributes: { 'service.name': run.agent, 'deployment.environment.name': 'benchmark', ...experiment },
    scope: { name: `recount.import.${format}` },
  }
}

function readRuns(format: RecordingFormat, content: Uint8Array, fileName: string): readonly RecordedRun[] {
  const text = new TextDecoder().decode(content)
  try {
    switch (format) {
      case 'tau2':
        return tau2Runs(JSON.parse(text))
      case 'tau-bench':
        return tauBenchRuns(JSON.parse(text), experimentNameOf(fileName))
      case 'agentdojo':
        return agentDojoRuns(jsonLines(text))
      case 'mini-swe-agent':
        return miniSweAgentRuns(jsonLines(text))
    }
  } catch (cause) {
    throw new RecordingError(`${fileName} is not a ${format} recording: ${firstProblem(cause)}`, { cause })
  }
}

function jsonLines(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line)]
    } catch (cause) {
      throw new Error(`line ${i + 1} is not JSON`, { cause })
    }
  })
}

function firstProblem(cause: unknown): string {
  if (cause instanceof Error && 'issues' in cause && Array.isArray(cause.issues)) {
    const issue = cause.issues[0] as { readonly path?: readonly PropertyKey[]; readonly message?: string } | undefined
    return `${issue?.path?.map(String).join('.') || 'the document'}: ${issue?.message ?? 'unexpected shape'}`
  }
  return cause instanceof Error ? cause.message : String(cause)
}
