import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { z } from 'zod'

/** Items that the server refused for good, with the reasons it gave. */
export interface Rejections {
  readonly spans: number
  readonly logs: number
  readonly reasons: readonly string[]
}

// The exporters report a partial success to OpenTelemetry's diagnostic log and to nobody else
// (otlp-exporter-base/logging-response-handler), so that log is where we listen.
const partialSuccessText = 'Received Partial Success response:'
const reasonsMax = 20

const count = z.union([z.number(), z.string()]).transform(Number)
const partialSuccess = z.looseObject({
  rejectedSpans: count.optional(),
  rejectedLogRecords: count.optional(),
  errorMessage: z.string().nullish(),
})

/** Collects the partial successes of all exporters of this process until `stop` is called. */
export function collectPartialSuccesses(): { readonly rejections: () => Rejections; readonly stop: () => void } {
  let spans = 0
  let logs = 0
  const reasons = new Set<string>()
  const warn: DiagLogger['warn'] = (message, ...args) => {
    if (!message.includes(partialSuccessText) && !args.includes(partialSuccessText)) return
    const text = args.find((arg): arg is string => typeof arg === 'string' && arg.startsWith('{'))
    if (text === undefined) return
    const parsed = partialSuccess.parse(JSON.parse(text))
    spans += parsed.rejectedSpans ?? 0
    logs += parsed.rejectedLogRecords ?? 0
    if (parsed.errorMessage && reasons.size < reasonsMax) reasons.add(parsed.errorMessage)
  }
  const ignore = (): void => {}
  const logger = { error: ignore, warn, info: ignore, debug: ignore, verbose: ignore }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  return { rejections: () => ({ spans, logs, reasons: [...reasons] }), stop: () => diag.disable() }
}
