/**
 * The program's own metrics, in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). One registry is
 * made in the composition root and handed to every part; names are `recount_…`. Written here rather than taken from prom-client, which
 * brings summaries, push gateways, default metrics and two packages: what we need of it is this file.
 * Label values must come from closed sets (signals, reasons, route names), never from telemetry: every distinct one is kept for ever.
 */
export class MetricsRegistry {
  private readonly families = new Map<string, Family>()

  /** A sum that only grows. `labels` are its label names; every one must be given when it is counted. */
  counter<Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Counter<Label> {
    return this.add(new Counter(name, help, labels))
  }

  /** A value that goes up and down. */
  gauge<Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Gauge<Label> {
    return this.add(new Gauge(name, help, labels))
  }

  /** A value that is asked for at every scrape. If that throws, it is missing from that scrape and the rest is answered. */
  read(name: string, help: string, value: () => number, type: 'gauge' | 'counter' = 'gauge'): void {
    this.add({ name, help, type, samples: () => [{ labels: {}, value: value() }] })
  }

  /** `bounds` are the buckets' upper bounds, ascending, in the unit that the name ends with (`_seconds`, `_bytes`). */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
    bounds: readonly number[] = LATENCY_BOUNDS_SECONDS,
  ): Histogram<Label> {
    return this.add(new Histogram(name, help, labels, bounds))
  }

  /** The text for `GET /metrics`; its type is `EXPOSITION_CONTENT_TYPE`. */
  expose(): string {
    let text = ''
    for (const family of this.families.values()) text += exposeFamily(family)
    return text
  }

  private add<F extends Family>(family: F): F {
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(family.name)) throw new Error(`not a metric name: ${family.name}`)
    if (this.families.has(family.name)) throw new Error(`metric ${family.name} is registered twice`)
    this.families.set(family.name, family)
    return family
  }
}

export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Seconds, for requests and queries: half a millisecond to ten seconds. */
export const LATENCY_BOUNDS_SECONDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  samples(): Iterable<Sample>
}

/** One line: `suffix` follows the family's name (`_bucket`, `_sum`, `_count`). */
export interface Sample {
  readonly suffix?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Text of a family, also for metrics that are computed when asked for (the `agent_…` ones). */
export function exposeFamily(family: Family): string {
  let lines = ''
  try {
    for (const { suffix = '', labels, value } of family.samples())
      lines += `${family.name}${suffix}${labelText(labels)} ${numberText(value)}\n`
  } catch {
    return ''
  }
  if (lines === '') return ''
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n${lines}`
}

type Labels<Label extends string> = Readonly<Record<Label, string>>

/** Values by label set; no label value has a NUL, so joining them is unambiguous. */
abstract class Labelled<Label extends string, Value> implements Family {
  abstract readonly type: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly help: string
  protected readonly series = new Map<string, { readonly labels: Labels<Label>; value: Value }>()
  private readonly labelNames: readonly Label[]

  constructor(name: string, help: string, labelNames: readonly Label[]) {
    this.name = name
    this.help = help
    this.labelNames = labelNames
  }

  abstract samples(): Iterable<Sample>

  protected at(labels: Labels<Label> | undefined, initial: () => Value): { value: Value } {
    const key = this.labelNames.map((name) => labels?.[name]).join('\u0000')
    let entry = this.series.get(key)
    if (!entry) {
      entry = { labels: { ...(labels as Labels<Label>) }, value: initial() }
      this.series.set(key, entry)
    }
    return entry
  }
}

/** Without label names the labels may be left out: `requests.inc()`, `rows.inc({}, 5)`. */
type Optional<Label extends string> = [Label] extends [never] ? [labels?: Labels<never>] : [labels: Labels<Label>]

export class Counter<Label extends string = never> extends Labelled<Label, number> {
  readonly type = 'counter'

  inc(...[labels, by]: [...Optional<Label>, by?: number]): void {
    this.at(labels as Labels<Label> | undefined, zero).value += (by as number | undefined) ?? 1
  }

  /** What was counted so far, for tests and for answers that report it. */
  value(...[labels]: Optional<Label>): number {
    return this.at(labels as Labels<Label> | undefined, zero).value
  }

  samples(): Iterable<Sample> {
    return this.series.values()
  }
}

export class Gauge<Label extends string = never> extends Labelled<Label, number> {
  readonly type = 'gauge'

  set(labels: Labels<Label>, value: number): void {
    this.at(labels, zero).value = value
  }

  value(...[labels]: Optional<Label>): number {
    return this.at(labels as Labels<Label> | undefined, zero).value
  }

  samples(): Iterable<Sample> {
    return this.series.values()
  }
}

interface Buckets {
  readonly counts: number[]
  sum: number
  count: number
}

export class Histogram<Label extends string = never> extends Labelled<Label, Buckets> {
  readonly type = 'histogram'
  private readonly bounds: readonly number[]

  constructor(name: string, help: string, labelNames: readonly Label[], bounds: readonly number[]) {
    super(name, help, labelNames)
    this.bounds = bounds
  }

  observe(labels: Labels<Label>, value: number): void {
    const buckets = this.at(labels, () => ({
      counts: this.bounds.map(() => 0),
      sum: 0,
      count: 0,
    })).value
    const index = this.bounds.findIndex((bound) => value <= bound)
    if (index >= 0) buckets.counts[index]! += 1
    buckets.sum += value
    buckets.count += 1
  }

  *samples(): Iterable<Sample> {
    for (const { labels, value } of this.series.values()) {
      let below = 0
      for (const [i, bound] of this.bounds.entries()) {
        below += value.counts[i]!
        yield { suffix: '_bucket', labels: { ...labels, le: numberText(bound) }, value: below }
      }
      yield { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: value.count }
      yield { suffix: '_sum', labels, value: value.sum }
      yield { suffix: '_count', labels, value: value.count }
    }
  }
}

const zero = (): number => 0

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}
