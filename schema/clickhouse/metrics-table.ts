import type { MetricPoint } from '../model/metric.ts'
import type { Column, Stored, Table } from './tables.ts'

type M = Stored<MetricPoint>

const column = (name: string, type: string, value: (row: M) => unknown): Column<M> => ({ name, type, value })

const LC = 'LowCardinality(String)'
const TIME = "DateTime64(9,'UTC')"
const TEXT_MAP = 'Map(LowCardinality(String), String)'

/** Written by `collector/normalise/normalise-metrics.ts`, by migration 0011; listed in `TABLES` with the others. */
export const METRICS: Table<M> = {
  name: 'metrics',
  columns: [
    column('project_id', 'UInt32', (m) => m.row.projectId),
    column('series_id', 'FixedString(16)', (m) => m.row.seriesId),
    column('name', LC, (m) => m.row.name),
    column('type', LC, (m) => m.row.type),
    column('unit', LC, (m) => m.row.unit),
    column('description', LC, (m) => m.row.description),
    column('metadata', TEXT_MAP, (m) => m.row.metadata),
    column('temporality', 'UInt8', (m) => m.row.temporality),
    column('monotonic', 'Bool', (m) => m.row.isMonotonic),
    column('time', TIME, (m) => m.row.timeNanos),
    column('start_time', TIME, (m) => m.row.startNanos),
    column('service', LC, (m) => m.row.service),
    column('scope', LC, (m) => m.row.scope),
    column('scope_version', LC, (m) => m.row.scopeVersion),
    column('env', LC, (m) => m.row.env),
    column('attrs', TEXT_MAP, (m) => m.row.attrs),
    column('nums', 'Map(LowCardinality(String), Float64)', (m) => m.row.nums),
    column('resource', TEXT_MAP, (m) => m.row.resource),
    column('otlp_flags', 'UInt32', (m) => m.row.otlpFlags),
    column('value', 'Float64', (m) => m.row.value),
    column('count', 'UInt64', (m) => m.row.count),
    column('sum', 'Float64', (m) => m.row.sum),
    column('min', 'Float64', (m) => m.row.min),
    column('max', 'Float64', (m) => m.row.max),
    column('bounds', 'Array(Float64)', (m) => m.row.bounds),
    column('bucket_counts', 'Array(UInt64)', (m) => m.row.bucketCounts),
    column('bucket_offset', 'Int32', (m) => m.row.bucketOffset),
    column('negative_counts', 'Array(UInt64)', (m) => m.row.negativeCounts),
    column('negative_offset', 'Int32', (m) => m.row.negativeOffset),
    column('scale', 'Int32', (m) => m.row.scale),
    column('zero_count', 'UInt64', (m) => m.row.zeroCount),
    column('zero_threshold', 'Float64', (m) => m.row.zeroThreshold),
    column('quantiles', 'Array(Float64)', (m) => m.row.quantiles),
    column('quantile_values', 'Array(Float64)', (m) => m.row.quantileValues),
    column('exemplars.time', `Array(${TIME})`, (m) => m.row.exemplars.map((e) => e.timeNanos)),
    column('exemplars.value', 'Array(Float64)', (m) => m.row.exemplars.map((e) => e.value)),
    column('exemplars.trace_id', 'Array(FixedString(16))', (m) => m.row.exemplars.map((e) => e.traceId)),
    column('exemplars.span_id', 'Array(FixedString(8))', (m) => m.row.exemplars.map((e) => e.spanId)),
    column('exemplars.attrs', 'Array(String)', (m) => m.row.exemplars.map((e) => e.attrs)),
    column('received_order', 'UInt64', (m) => m.receivedOrder),
    column('received_at', "DateTime64(3,'UTC')", (m) => BigInt(m.receivedAtMs)),
    column('retention_days', 'UInt16', (m) => m.retentionDays),
  ],
}
