import type { CollectorRole, Recount, ServerRole } from './start.ts'

/** What a new user needs first: where to look, and how to point an agent here. */
export const greeting = ({ urls, engine, dataDir, needsKey }: Recount): string =>
  [
    '',
    `  Recount is ready.  ${engine === 'embedded' ? `Embedded ClickHouse, data in ${dataDir}` : 'ClickHouse server'}`,
    '',
    `  UI and API   ${urls.api}`,
    `  OTLP/HTTP    ${urls.otlpHttp}   (/v1/traces, /v1/logs, /v1/metrics)`,
    ...(urls.otlpGrpc ? [`  OTLP/gRPC    ${urls.otlpGrpc}`] : []),
    '',
    ...howToSend(urls.otlpHttp, needsKey),
    '',
  ].join('\n')

export const collectorGreeting = ({ urls, dataDir, needsKey }: CollectorRole): string =>
  [
    '',
    `  This collector is ready.  Spool in ${dataDir}`,
    '',
    `  OTLP/HTTP    ${urls.otlpHttp}   (/v1/traces, /v1/logs, /v1/metrics)`,
    ...(urls.otlpGrpc ? [`  OTLP/gRPC    ${urls.otlpGrpc}`] : []),
    `  Health       ${urls.health}   (/healthz, /readyz, /status, /metrics)`,
    '',
    ...howToSend(urls.otlpHttp, needsKey),
    '',
  ].join('\n')

export const serverGreeting = ({ urls }: ServerRole): string =>
  ['', '  This server is ready; telemetry goes to collectors.', '', `  UI and API   ${urls.api}`, ''].join('\n')

const howToSend = (otlpHttp: string, needsKey: boolean): readonly string[] => [
  '  Point an agent here, whatever its framework:',
  '',
  `    export OTEL_EXPORTER_OTLP_ENDPOINT=${otlpHttp}`,
  '    export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  ...(needsKey ? ['    export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer <key>"'] : []),
]
