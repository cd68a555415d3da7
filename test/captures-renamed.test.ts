import { describe, expect, it } from 'vitest'
import { NOT_PROVIDERS } from '../schema/dialects/providers.ts'
import type { RunTally } from '../schema/model/run.ts'
import { addUsage, emptyUsage } from '../schema/model/usage.ts'
import type { AnyValue, Decoded, KeyValue, Scope } from '../schema/otlp/wire.ts'
import { genaiPriceBook } from '../schema/prices/project-price-book.ts'
import { CAPTURES, capturesOf, decodedBodies, hasCaptures, rowsOf, scenariosOf, tally } from './support/captures.ts'

// Rules must fit families of keys and not the frameworks that were recorded: every recording is read again under other names of framework, product,
// scope and version, and its figures may not change.

if (!hasCaptures) console.warn(`SKIPPED: no recordings at ${CAPTURES}; generality of the rules was not checked`)

const PRICES = genaiPriceBook()

describe.skipIf(!hasCaptures)('recordings under other names', () => {
  it('give the same figures', () => {
    const differences: string[] = []
    for (const { capture, name, directory } of capturesOf(() => true).flatMap(scenariosOf)) {
      const bodies = decodedBodies(directory)
      const expected = figuresOf(tally(rowsOf(bodies), PRICES))
      const found = figuresOf(tally(rowsOf(bodies.map(renamed)), PRICES))
      for (const [field, value] of Object.entries(expected))
        if (found[field] !== value) differences.push(`${capture}/${name}: ${field} ${value}, renamed ${found[field]}`)
    }
    expect(differences).toEqual([])
  }, 120_000)
})

const renamed = (body: Decoded): Decoded => {
  if (body.signal === 'traces')
    return {
      ...body,
      resourceSpans: body.resourceSpans.map(({ resource, scopeSpans }) => ({
        resource: { ...resource, attributes: resource.attributes.map(renamedResource) },
        scopeSpans: scopeSpans.map(({ scope, spans }) => ({
          scope: renamedScope(scope),
          spans: spans.map((span) => ({ ...span, attributes: span.attributes.map(renamedAttribute) })),
        })),
      })),
    }
  if (body.signal === 'logs')
    return {
      ...body,
      resourceLogs: body.resourceLogs.map(({ resource, scopeLogs }) => ({
        resource: { ...resource, attributes: resource.attributes.map(renamedResource) },
        scopeLogs: scopeLogs.map(({ scope, logRecords }) => ({
          scope: renamedScope(scope),
          logRecords: logRecords.map((record) => ({
            ...record,
            eventName: renamedEvent(record.eventName),
            body: typeof record.body === 'string' ? renamedEvent(record.body) : record.body,
            attributes: record.attributes.map(renamedAttribute),
          })),
        })),
      })),
    }
  return body
}

/** Different scopes stay different: which spans are of one instrumentation is no name. */
const renamedScope = (scope: Scope): Scope => ({
  name: scope.name === '' ? scope.name : `renamed.${reversed(scope.name)}`,
  version: scope.version === '' ? '' : '99.0.1',
  attributes: scope.attributes,
})

const renamedResource = (pair: KeyValue): KeyValue =>
  /^(?:service\.|telemetry\.|process\.)/.test(pair.key) ? { ...pair, value: other(pair.value) } : pair

const other = (value: AnyValue): AnyValue => (typeof value === 'string' ? `renamed-${reversed(value)}` : value)

const renamedAttribute = (pair: KeyValue): KeyValue => {
  const { key, value } = pair
  if (typeof value !== 'string') return pair
  if (key === 'event.name') return { key, value: renamedEvent(value) }
  // A framework that writes its own name where a provider belongs: any other one would.
  if (PROVIDER_KEYS.has(key) && NOT_PROVIDERS.has(value.toLowerCase())) return { key, value: 'renamed-framework' }
  return pair
}

const PROVIDER_KEYS: ReadonlySet<string> = new Set([
  'gen_ai.system',
  'gen_ai.provider.name',
  'llm.provider',
  'llm.system',
])

/** The product in front of an event of its own; the conventions' events keep their name. */
const renamedEvent = (name: string): string =>
  name.startsWith('gen_ai.') ? name : name.replace(/^[a-z_-]+\./, 'renamed_agent.')

const reversed = (text: string): string => [...text].reverse().join('')

const figuresOf = (runs: readonly RunTally[]): Record<string, unknown> => {
  const usage = emptyUsage()
  for (const run of runs) addUsage(usage, run.usage)
  const sum = (of: (run: RunTally) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const all = (of: (run: RunTally) => readonly string[]): string => [...new Set(runs.flatMap(of))].sort().join(' ')
  return {
    runs: runs.length,
    cost: sum((run) => Number(run.costNanoUsd)),
    unpricedCalls: sum((run) => run.unpricedCalls),
    usageUnreported: sum((run) => run.usageUnreported),
    modelCalls: sum((run) => run.modelCalls),
    failedModelCalls: sum((run) => run.failedModelCalls),
    embeddingCalls: sum((run) => run.embeddingCalls),
    toolCalls: sum((run) => run.toolCalls),
    toolErrors: sum((run) => run.toolErrors),
    errors: sum((run) => run.errorCount),
    sessions: all((run) => run.sessionIds),
    users: all((run) => run.userIds),
    models: all((run) => run.models),
    tools: all((run) => run.tools),
    ...usage,
  }
}
