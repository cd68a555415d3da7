import { decoderOf } from '../../schema/clickhouse/row-binary.ts'
import type { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { LEDGER } from '../../schema/clickhouse/tables.ts'
import { CALL_COST_STATUSES, type CallKind } from '../../schema/model/run.ts'
import { USAGE_BUCKETS, USAGE_COLUMNS, type UsageBuckets } from '../../schema/model/usage.ts'
import type { LedgerCall } from './reprice-call.ts'

/** Columns of a ledger row that the cost of its calls depends on: far fewer bytes than the row. */
const CALL_FIELDS = {
  kind: 'kind',
  start_time: 'startNanos',
  duration_ns: 'durationNanos',
  provider: 'provider',
  model: 'model',
  request_model: 'requestModel',
  tool: 'tool',
  service_tier: 'serviceTier',
  failed: 'failed',
  usage_reported: 'usageReported',
  cost: 'costNanoUsd',
  cost_reported: 'costReportedNanoUsd',
  cost_computed: 'costComputedNanoUsd',
  cost_status: 'costStatus',
  price_ref: 'priceRef',
} as const satisfies Readonly<Record<string, keyof LedgerCall>>

const NAMES = [...Object.keys(CALL_FIELDS), ...USAGE_COLUMNS].map((name) => `calls.${name}`)
const CALL_COLUMNS = NAMES.map((name) => LEDGER.columns.find((column) => column.name === name)!)
/** For a question whose answer `readCalls` decodes. */
export const CALL_COLUMNS_SQL = NAMES.map((name) => `\`${name}\``).join(', ')
const DECODERS = CALL_COLUMNS.map(({ type }) => decoderOf(type))
const USAGE_FROM = Object.keys(CALL_FIELDS).length

type Columns = readonly (readonly unknown[])[]

/** The calls of a row whose other columns have been read. */
export const readCalls = (reader: RowBinaryReader): LedgerCall[] =>
  callsOfColumns(DECODERS.map((decode) => decode(reader) as readonly unknown[]))

const INDEX_IN_LEDGER = CALL_COLUMNS.map((column) => LEDGER.columns.indexOf(column))
/** The calls of a whole row, its values in the order of the ledger's columns. */
export const callsOfRow = (row: readonly unknown[]): LedgerCall[] =>
  callsOfColumns(INDEX_IN_LEDGER.map((i) => row[i] as readonly unknown[]))

const callsOfColumns = (columns: Columns): LedgerCall[] => {
  const at = (column: number, call: number): unknown => columns[column]![call]
  return columns[0]!.map((kind, i) => ({
    kind: kind as CallKind,
    startNanos: at(1, i) as bigint,
    durationNanos: at(2, i) as bigint,
    provider: at(3, i) as string,
    model: at(4, i) as string,
    requestModel: at(5, i) as string,
    tool: at(6, i) as string,
    serviceTier: at(7, i) as string,
    failed: Boolean(at(8, i)),
    usageReported: at(9, i) as number,
    costNanoUsd: at(10, i) as bigint,
    costReportedNanoUsd: at(11, i) as bigint,
    costComputedNanoUsd: at(12, i) as bigint,
    costStatus: CALL_COST_STATUSES[at(13, i) as number]!,
    priceRef: at(14, i) as string,
    usage: Object.fromEntries(USAGE_BUCKETS.map((bucket, b) => [bucket, at(USAGE_FROM + b, i)])) as UsageBuckets,
  }))
}
