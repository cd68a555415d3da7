import type { KeyValue, Resource, Scope } from '../../schema/otlp/wire.ts'
import { textOf } from './any-value.ts'
import { textMap } from './attributes.ts'
import type { Facts } from './facts.ts'
import { TABLE } from './facts.ts'

/** What all records of one resource and scope share, read once. */
export interface Source {
  readonly service: string
  readonly scope: string
  readonly scopeVersion: string
  readonly scopeAttributes: readonly KeyValue[]
  readonly resource: ReadonlyMap<string, string>
  /** Only the resource attributes that mean something to a span. */
  readonly resourceFacts: readonly KeyValue[]
  readonly resourceLabels: ReadonlyMap<string, string>
}

/** OpenTelemetry's own word for a service that did not name itself. */
const UNKNOWN_SERVICE = 'unknown_service'

/** What a resource says in these names is of each run of its process, not of the span that happens to be the root. */
const OF_THE_RUN: ReadonlyMap<string, string> = new Map([['recount.review.minutes', 'recount.review.run_minutes']])

export const sourceOf = (resource: Resource, scope: Scope): Source => {
  const map = textMap(resource.attributes)
  return {
    service: map.get('service.name') || UNKNOWN_SERVICE,
    scope: scope.name,
    scopeVersion: scope.version,
    scopeAttributes: scope.attributes,
    resource: map,
    resourceFacts: resource.attributes.filter(({ key }) => TABLE.lookup(key).meanings.length > 0),
    resourceLabels: new Map(
      resource.attributes
        .filter(({ key }) => TABLE.lookup(key).family === 'labels')
        .map(({ key, value }) => [OF_THE_RUN.get(key) ?? key, textOf(value)]),
    ),
  }
}

export const readSource = (facts: Facts, source: Source): void => {
  if (source.resourceFacts.length > 0) facts.readResource(source.resourceFacts)
}
