import type { Attributes } from '@opentelemetry/api'
import type { TelemetrySpan } from '../otlp/telemetry.ts'
import { Random } from './random.ts'
import type { StoryNode } from './story-model.ts'

// Real traces are not only agents: below each step the HTTP client and the database leave spans of their own.

const hosts: Readonly<Record<string, string>> = {
  openai: 'api.openai.com',
  anthropic: 'api.anthropic.com',
  'gcp.gemini': 'generativelanguage.googleapis.com',
  ollama: 'ollama.internal',
}

const databases: Readonly<Record<string, string>> = {
  lookup_order: 'SELECT orders',
  issue_refund: 'INSERT refunds',
  create_return_label: 'INSERT labels',
  create_exchange: 'INSERT exchanges',
  refund_history: 'SELECT refunds',
  get_invoice: 'SELECT invoices',
  apply_credit: 'UPDATE accounts',
  crm_lookup: 'SELECT accounts',
  classify: 'INSERT tickets',
}

/** What the automatic instrumentation of the process adds below one step; mostly one span, sometimes none. */
export function plumbingSpans(node: StoryNode, span: TelemetrySpan): readonly TelemetrySpan[] {
  const call = callOf(node)
  if (!call) return []
  const took = span.endNanos - span.startNanos
  return [
    {
      traceId: span.traceId,
      spanId: new Random(`${span.spanId}/plumbing`).hex(16),
      parentSpanId: span.spanId,
      name: call.name,
      kind: 'client',
      startNanos: span.startNanos + took / 50n,
      endNanos: span.endNanos - took / 100n,
      attributes: call.attributes,
      ...(call.failed ? { error: { message: call.failed } } : {}),
      resource: span.resource,
    },
  ]
}

interface Call {
  readonly name: string
  readonly attributes: Attributes
  readonly failed?: string
}

function callOf({ body, error }: StoryNode): Call | undefined {
  switch (body.kind) {
    case 'model':
    case 'embedding': {
      const path = body.kind === 'model' ? '/v1/chat/completions' : '/v1/embeddings'
      return http('POST', hosts[body.model.provider] ?? body.model.provider, path, error?.type)
    }
    case 'retrieval':
      return http('POST', 'vectors.internal:6333', `/collections/${body.source}/points/search`, error?.type)
    case 'tool':
      return toolCall(body.call.name, error?.type)
    default:
      return undefined
  }
}

function toolCall(tool: string, errorType: string | undefined): Call | undefined {
  // Refused before anything was asked for.
  if (errorType !== undefined && ['invalid_arguments', 'denied', 'blocked', 'approval_expired'].includes(errorType))
    return undefined
  const statement = databases[tool]
  if (statement) {
    const [operation = '', table = ''] = statement.split(' ')
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.collection.name': table,
      'server.address': 'db.internal',
    }
    return { name: statement, attributes }
  }
  if (tool === 'fetch_page' || tool === 'web_search') return http('GET', 'fetcher.internal', `/${tool}`, errorType)
  if (tool === 'track_parcel' || tool === 'open_carrier_case')
    return http('POST', 'carrier-gateway.internal', `/${tool}`, errorType)
  return undefined
}

function http(method: string, host: string, path: string, errorType: string | undefined): Call {
  const status = errorType === undefined ? 200 : /^\d{3}$/.test(errorType) ? Number(errorType) : undefined
  return {
    name: method,
    attributes: {
      'http.request.method': method,
      'url.full': `https://${host}${path}`,
      'server.address': host.split(':')[0] ?? host,
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
      ...(errorType === undefined ? {} : { 'error.type': errorType }),
    },
    ...(errorType === undefined ? {} : { failed: status === undefined ? errorType : '' }),
  }
}
