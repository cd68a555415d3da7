import type { Recount } from './start.ts'

/** What a new user needs first: where to look, and how to point an agent here. */
export const greeting = ({ urls, engine, dataDir, needsKey }: Recount): string =>
  [
    '',
    `  Recount is ready.  ${engine === 'embedded' ? `Embedded ClickHouse, data in ${dataDir}` : 'ClickHouse server'}`,
    '',
    `  UI and API   ${urls.api}`,
    `  OTLP/HTTP    ${urls.otlpHttp}   (/v1/traces, /v1/logs, /v1/metrics)`,
    '',
    '  Point an agent here, whatever its framework:',
    '',
    `    export OTEL_EXPORTER_OTLP_ENDPOINT=${urls.otlpHttp}`,
    '    export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    ...(needsKey ? ['    export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer <key>"'] : []),
    '',
  ].join('\n')
