/** Where OTLP/HTTP requests go, and with which key. */
export interface OtlpEndpoint {
  /** Base URL such as http://127.0.0.1:4318; the signal's path is appended. */
  readonly endpoint: string
  readonly key?: string | undefined
}

export type Signal = 'traces' | 'logs' | 'metrics'

export const defaultOtlpEndpoint = 'http://127.0.0.1:4318'

/** The other side did not take what was sent. The message says what to do; it is written for the person at the terminal. */
export class OtlpSendError extends Error {
  override readonly name = 'OtlpSendError'
}

export function signalUrl(target: OtlpEndpoint, signal: Signal): string {
  return `${target.endpoint.replace(/\/+$/, '')}/v1/${signal}`
}

export function authHeaders(target: OtlpEndpoint): Record<string, string> {
  return target.key ? { Authorization: `Bearer ${target.key}` } : {}
}

/**
 * Asks once before anything is sent, with an empty (and valid) request, so that a wrong address or key is said
 * in a sentence at the start and not after minutes of retries.
 * @throws OtlpSendError when nothing listens, the key is refused, or what listens does not speak OTLP/HTTP.
 */
export async function checkOtlpEndpoint(target: OtlpEndpoint): Promise<void> {
  const url = signalUrl(target, 'traces')
  const response = await fetchOrExplain(target, url)
  await response.arrayBuffer()
  if (response.status === 401 || response.status === 403) {
    throw new OtlpSendError(
      `${target.endpoint} refused the request (${response.status}): ${target.key ? 'this --key may not send' : 'it wants an API key, give one with --key'}.`,
    )
  }
  if (response.status === 404 || response.status === 405) {
    throw new OtlpSendError(
      `${target.endpoint} answers, but not at /v1/traces (${response.status}): give the OTLP/HTTP address, by default ${defaultOtlpEndpoint}.`,
    )
  }
}

async function fetchOrExplain(target: OtlpEndpoint, url: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-protobuf', ...authHeaders(target) },
      body: new Uint8Array(0),
    })
  } catch (cause) {
    throw new OtlpSendError(
      `Nothing listens at ${target.endpoint} (${causeCode(cause)}). Start Recount with \`npm start\`, or give the address of its OTLP/HTTP port with --endpoint.`,
      { cause },
    )
  }
}

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return String(cause)
}
