/** Every route of the API, once: the server mounts them, the contract describes them, the UI's client calls them. `{x}` is a path parameter. */
export const PATHS = {
  healthz: '/healthz',
  readyz: '/readyz',
  metrics: '/metrics',
  openapi: '/openapi.json',
  overview: '/api/overview',
  sessions: '/api/sessions',
  session: '/api/sessions/{id}',
  sessionReplay: '/api/sessions/{id}/replay',
  sessionFacets: '/api/sessions/facets',
  sessionHistogram: '/api/sessions/histogram',
  traces: '/api/traces',
  trace: '/api/traces/{traceId}',
  traceReplay: '/api/traces/{traceId}/replay',
  traceLogs: '/api/traces/{traceId}/logs',
  span: '/api/traces/{traceId}/spans/{spanId}',
  spanMapping: '/api/traces/{traceId}/spans/{spanId}/mapping',
  mapping: '/api/mapping',
  agents: '/api/agents',
  tools: '/api/tools',
  models: '/api/models',
  search: '/api/search',
  status: '/api/status',
} as const

export type RouteName = keyof typeof PATHS
