/**
 * OTLP as decoded, whatever encoding it came in (opentelemetry-proto v1). Names are the proto's in lowerCamelCase; ids are lowercase hex,
 * '' where absent and exactly as long as they were sent (a wrong length, or text from JSON that is not hex, is judged by the normaliser); times are nanoseconds.
 */
export type Signal = 'traces' | 'logs' | 'metrics'
export type Encoding = 'protobuf' | 'json'

/** Safe integers and doubles are numbers, larger integers bigint; null is an AnyValue without a value. */
export type AnyValue =
  | null
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | { readonly array: readonly AnyValue[] }
  | { readonly kvlist: readonly KeyValue[] }

export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

export interface Resource {
  readonly attributes: readonly KeyValue[]
}

export interface Scope {
  readonly name: string
  readonly version: string
  readonly attributes: readonly KeyValue[]
}

export interface WireSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly traceState: string
  readonly flags: number
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
  readonly events: readonly {
    readonly timeUnixNano: bigint
    readonly name: string
    readonly attributes: readonly KeyValue[]
  }[]
  readonly links: readonly {
    readonly traceId: string
    readonly spanId: string
    readonly traceState: string
    readonly attributes: readonly KeyValue[]
  }[]
  readonly status: { readonly code: number; readonly message: string }
}

export interface WireLogRecord {
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly body: AnyValue
  readonly attributes: readonly KeyValue[]
  readonly flags: number
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
}

/** Safe integers are numbers, larger ones bigint: most counts are small, and none is rounded. */
export type WireInteger = number | bigint

export interface WireExemplar {
  readonly timeUnixNano: bigint
  /** null where the sender gave none. */
  readonly value: WireInteger | null
  readonly traceId: string
  readonly spanId: string
  readonly attributes: readonly KeyValue[]
}

interface WirePoint {
  readonly attributes: readonly KeyValue[]
  /** 0 where unknown. */
  readonly startTimeUnixNano: bigint
  readonly timeUnixNano: bigint
  /** Bit 1 (`NO_RECORDED_VALUE`): the series ended, there is no value. */
  readonly flags: number
}

export interface WireNumberPoint extends WirePoint {
  /** An integer or a double as it was sent; null where there is none. */
  readonly value: WireInteger | null
  readonly exemplars: readonly WireExemplar[]
}

/** What the two kinds of histogram share; null where the sender did not record it. */
interface WireDistribution extends WirePoint {
  readonly count: WireInteger
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  readonly exemplars: readonly WireExemplar[]
}

export interface WireHistogramPoint extends WireDistribution {
  /** One more than `explicitBounds`, or both empty; a request that says otherwise is judged by the normaliser. */
  readonly bucketCounts: readonly WireInteger[]
  readonly explicitBounds: readonly number[]
}

export interface WireBuckets {
  /** Index of the first bucket. */
  readonly offset: number
  readonly bucketCounts: readonly WireInteger[]
}

/** Bucket `i` of the positive ones holds values in (base^i, base^(i+1)], base = 2^(2^-scale). */
export interface WireExponentialPoint extends WireDistribution {
  readonly scale: number
  readonly zeroCount: WireInteger
  readonly zeroThreshold: number
  readonly positive: WireBuckets
  readonly negative: WireBuckets
}

export interface WireSummaryPoint extends WirePoint {
  readonly count: WireInteger
  readonly sum: number
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
}

/** metrics/v1 `AggregationTemporality`: 0 unspecified, 1 delta, 2 cumulative. */
export type WireMetricData =
  | { readonly type: 'gauge'; readonly points: readonly WireNumberPoint[] }
  | {
      readonly type: 'sum'
      readonly temporality: number
      readonly isMonotonic: boolean
      readonly points: readonly WireNumberPoint[]
    }
  | { readonly type: 'histogram'; readonly temporality: number; readonly points: readonly WireHistogramPoint[] }
  | {
      readonly type: 'exponential_histogram'
      readonly temporality: number
      readonly points: readonly WireExponentialPoint[]
    }
  | { readonly type: 'summary'; readonly points: readonly WireSummaryPoint[] }
  /** A name without data, or data of a type that this version does not know. */
  | { readonly type: 'none'; readonly points: readonly never[] }

export type WireMetric = {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly metadata: readonly KeyValue[]
} & WireMetricData

export interface ResourceSpans {
  readonly resource: Resource
  readonly scopeSpans: readonly { readonly scope: Scope; readonly spans: readonly WireSpan[] }[]
}

export interface ResourceLogs {
  readonly resource: Resource
  readonly scopeLogs: readonly { readonly scope: Scope; readonly logRecords: readonly WireLogRecord[] }[]
}

export interface ResourceMetrics {
  readonly resource: Resource
  readonly scopeMetrics: readonly { readonly scope: Scope; readonly metrics: readonly WireMetric[] }[]
}

/** `invalidUtf8`: sequences that were not UTF-8 and became U+FFFD. */
export type Decoded =
  | { readonly signal: 'traces'; readonly resourceSpans: readonly ResourceSpans[]; readonly invalidUtf8: number }
  | { readonly signal: 'logs'; readonly resourceLogs: readonly ResourceLogs[]; readonly invalidUtf8: number }
  | { readonly signal: 'metrics'; readonly resourceMetrics: readonly ResourceMetrics[]; readonly invalidUtf8: number }

/** Lists and maps inside an attribute's value, at most; protobuf's own parsers stop at 100 nested messages, which is 50 of these. */
export const VALUE_DEPTH_MAX = 64

/** Stands for a value that was nested deeper than `VALUE_DEPTH_MAX`: the request is kept, and what is missing is said. */
export const TOO_DEEP = `(nested deeper than ${VALUE_DEPTH_MAX} levels)`

/**
 * Spans, log records and data points in one request, at most, and the groups they stand in. 64 MiB hold as many of 64 bytes each, and ids and times alone
 * take 50; empty ones, of two bytes, would become gigabytes of objects and end the process.
 */
export const ITEMS_PER_REQUEST_MAX = 1_000_000

/** Attributes, events, links, list values, histogram buckets and exemplars in one request, at most: one to every 16 bytes, for the same reason. */
export const ELEMENTS_PER_REQUEST_MAX = 4_000_000

/** Bytes that are not the message they claim to be. Answered 400 / INVALID_ARGUMENT; the message says where it broke. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}
