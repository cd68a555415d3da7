import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { checkOtlpEndpoint, defaultOtlpEndpoint, type OtlpEndpoint } from '../otlp/otlp-endpoint.ts'
import { type OtlpSender, openOtlpSender } from '../otlp/otlp-sender.ts'
import { postOtlpBody, readOtlpBody } from './otlp.ts'
import {
  contentDigest,
  experimentId,
  experimentNameOf,
  type RecordingFormat,
  type RecordingOptions,
  recordingFormats,
  recordingToTraces,
  TrialCounter,
  unpacked,
} from './recording.ts'

export const importFormats = [...recordingFormats, 'otlp'] as const
export type ImportFormat = (typeof importFormats)[number]

export interface ImportOptions {
  readonly format: ImportFormat
  readonly files: readonly string[]
  /** OTLP/HTTP address, by default http://127.0.0.1:4318. */
  readonly endpoint?: string | undefined
  readonly key?: string | undefined
  /** One experiment of this name for all files, instead of one per file. */
  readonly experiment?: string | undefined
  /** Leave times as recorded. Raw OTLP bodies are never moved. */
  readonly keepTime?: boolean | undefined
  readonly print?: ((line: string) => void) | undefined
}

export interface ImportedFile {
  readonly file: string
  readonly experiment?: { readonly id: string; readonly name: string }
  readonly runs: number
  readonly spans: number
  readonly modelCalls: number
  readonly toolCalls: number
  readonly evaluations: number
}

export interface ImportReport {
  readonly format: ImportFormat
  readonly files: readonly ImportedFile[]
  /** Spans and log events that were answered, the rejected ones included. */
  readonly spans: number
  readonly logs: number
  readonly requests: number
  readonly resent: number
  readonly rejected: { readonly spans: number; readonly logs: number; readonly reasons: readonly string[] }
  /** Raw OTLP files whose signal the other side does not take. */
  readonly skipped: readonly string[]
}

/**
 * Sends recordings to an OTLP/HTTP address. Everything is answered when it resolves: what the other side rejected for
 * good is in the report, what it did not take at all is an error.
 * @throws OtlpSendError (nothing listens, key refused, not taken) or RecordingError (a file is not what the format says).
 */
export async function runImport(options: ImportOptions): Promise<ImportReport> {
  const target = { endpoint: options.endpoint ?? defaultOtlpEndpoint, key: options.key }
  const print = options.print ?? (() => {})
  const report =
    options.format === 'otlp'
      ? await importBodies(options.files, target, print)
      : await importRecordings(options, options.format, target, print)
  printSummary(report, print)
  return report
}

async function importRecordings(
  options: ImportOptions,
  format: RecordingFormat,
  target: OtlpEndpoint,
  print: (line: string) => void,
): Promise<ImportReport> {
  const common = await commonOptions(options)
  const sender = await openOtlpSender(target)
  try {
    const files: ImportedFile[] = []
    for (const file of options.files) {
      const sent = await sendRecording(format, file, common, sender)
      files.push(sent)
      print(
        `${basename(file)}: ${sent.runs} runs, ${sent.spans} spans (${sent.modelCalls} model calls, ${sent.toolCalls} tool calls), ${sent.evaluations} evaluations → experiment ${sent.experiment?.name}`,
      )
    }
    return { format, files, skipped: [], ...(await sender.flush()) }
  } finally {
    await sender.close()
  }
}

/** With --experiment all files are one experiment, whose id depends on all of them, and their repetitions are counted together. */
async function commonOptions({ files, experiment, keepTime }: ImportOptions): Promise<RecordingOptions> {
  const times = { keepTime: keepTime ?? false, importNanos: BigInt(Date.now()) * 1_000_000n }
  if (experiment === undefined) return times
  const digests: string[] = []
  for (const file of files) digests.push(contentDigest(unpacked(await readFile(file))))
  return {
    ...times,
    experiment: { id: experimentId(experiment, digests), name: experiment },
    trials: new TrialCounter(),
  }
}

async function sendRecording(
  format: RecordingFormat,
  file: string,
  common: RecordingOptions,
  sender: OtlpSender,
): Promise<ImportedFile> {
  const bytes = await readFile(file)
  const name = experimentNameOf(file)
  const experiment = common.experiment ?? { id: experimentId(name, [contentDigest(unpacked(bytes))]), name }
  const counts = { runs: 0, spans: 0, modelCalls: 0, toolCalls: 0, evaluations: 0 }
  for (const trace of recordingToTraces(format, bytes, file, { ...common, experiment })) {
    await sender.spans(trace.spans)
    await sender.logs(trace.evaluations)
    counts.runs += 1
    counts.spans += trace.spans.length
    counts.evaluations += trace.evaluations.length
    for (const { attributes } of trace.spans) {
      if (attributes['gen_ai.operation.name'] === 'chat') counts.modelCalls += 1
      if (attributes['gen_ai.operation.name'] === 'execute_tool') counts.toolCalls += 1
    }
  }
  return { file, experiment, ...counts }
}

async function importBodies(
  files: readonly string[],
  target: OtlpEndpoint,
  print: (line: string) => void,
): Promise<ImportReport> {
  await checkOtlpEndpoint(target)
  const rejected = { spans: 0, logs: 0 }
  const reasons = new Set<string>()
  const skipped: string[] = []
  let requests = 0
  for (const file of files) {
    const body = await readOtlpBody(file)
    const answer = await postOtlpBody(body, target, file)
    if (!answer.taken) {
      skipped.push(file)
      print(`${basename(file)}: skipped, ${target.endpoint} does not take ${body.signal} (${answer.status})`)
      continue
    }
    requests += 1
    if (body.signal === 'traces') rejected.spans += answer.rejected
    else rejected.logs += answer.rejected
    if (answer.reason) reasons.add(answer.reason)
  }
  return {
    format: 'otlp',
    files: [],
    spans: 0,
    logs: 0,
    requests,
    resent: 0,
    rejected: { ...rejected, reasons: [...reasons] },
    skipped,
  }
}

function printSummary(report: ImportReport, print: (line: string) => void): void {
  const { rejected, requests, resent } = report
  const repeated = resent > 0 ? `, ${resent} of them sent again` : ''
  print(
    report.format === 'otlp'
      ? `Sent ${requests} request bodies.`
      : `Sent ${report.spans} spans and ${report.logs} evaluations in ${requests} requests${repeated}.`,
  )
  if (rejected.spans + rejected.logs > 0) {
    print(
      `REJECTED by the server: ${rejected.spans} spans, ${rejected.logs} log records. ${rejected.reasons.join(' · ')}`,
    )
  }
}
