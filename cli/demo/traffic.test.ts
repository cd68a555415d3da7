import { Ajv, type ValidateFunction } from 'ajv'
import { describe, expect, test } from 'vitest'
import { runToEvaluations, runToSpans } from './run-to-spans.ts'
import type { DemoRun } from './story-model.ts'
import { casts, history, liveMinute } from './traffic.ts'

const nowNanos = BigInt(Date.parse('2026-03-04T10:20:30Z')) * 1_000_000n
const day = 86_400_000_000_000n
const runs: readonly DemoRun[] = [...history({ seed: 'test', days: 7, nowNanos })]
const spansByRun = runs.map(runToSpans)
const spans = spansByRun.flat()

/** JSON with bigints, for comparisons. */
const frozen = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v))

describe('history', () => {
  test('the same seed gives the same spans and verdicts, another seed gives others', () => {
    const tell = (seed: string): string =>
      frozen([...history({ seed, days: 0.5, nowNanos })].map((run) => [runToSpans(run), runToEvaluations(run)]))
    expect(tell('a')).toBe(tell('a'))
    expect(tell('a')).not.toBe(tell('b'))
  })

  test('started again an hour later it tells the same past and adds what is new', () => {
    const later = [...history({ seed: 'test', days: 2, nowNanos: nowNanos + day / 24n })]
    const known = new Map(later.map((run) => [run.traceId, frozen(runToSpans(run))]))
    const overlap = runs.filter(({ startNanos }) => startNanos > nowNanos - day)
    expect(overlap.length).toBeGreaterThan(150)
    expect(overlap.every((run) => known.get(run.traceId) === frozen(runToSpans(run)))).toBe(true)
    expect(later.some(({ endNanos }) => endNanos > nowNanos)).toBe(true)
  })

  test('a week is about two thousand runs and thirty to forty thousand spans', () => {
    expect(runs.length).toBeGreaterThan(1500)
    expect(runs.length).toBeLessThan(2700)
    expect(spans.length).toBeGreaterThan(27_000)
    expect(spans.length).toBeLessThan(45_000)
  })

  test('everything lies within the last seven days, children within their parents, the newest hour first', () => {
    const misplaced = spansByRun.flatMap((list) => {
      const byId = new Map(list.map((span) => [span.spanId, span]))
      return list.filter((span) => {
        const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId)
        const isHome = span === list[0] ? parent === undefined : parent !== undefined
        const inParent = !parent || (span.startNanos >= parent.startNanos && span.endNanos <= parent.endNanos)
        const inRange = span.startNanos >= nowNanos - 7n * day && span.endNanos <= nowNanos
        return !isHome || !inParent || !inRange || span.endNanos < span.startNanos
      })
    })
    expect(misplaced).toEqual([])
    const hours = runs.map(({ startNanos }) => startNanos / (day / 24n))
    // A follow-up may fall into the hour after its conversation began.
    expect(hours.every((hour, i) => i === 0 || hour <= hours[i - 1]! + 1n)).toBe(true)
  })

  test('span ids, tool call ids and response ids are unique', () => {
    const unique = (values: readonly unknown[]): void => expect(new Set(values).size).toBe(values.length)
    unique(spans.map(({ traceId, spanId }) => traceId + spanId))
    unique(runs.map(({ traceId }) => traceId))
    const bodies = runs.flatMap(({ nodes }) => nodes.map(({ body }) => body))
    unique(bodies.flatMap((body) => (body.kind === 'tool' ? [body.call.id] : [])))
    unique(bodies.flatMap((body) => (body.kind === 'model' && body.responseId ? [body.responseId] : [])))
    unique(runs.flatMap(runToEvaluations).map(({ attributes }) => attributes['recount.evaluation.id']))
  })
})

describe('the shop window', () => {
  const bodies = runs.flatMap(({ nodes }) => nodes.map((node) => ({ ...node, body: node.body })))
  const count = <T>(values: readonly T[]): Map<T, number> => {
    const counts = new Map<T, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    return counts
  }

  test('four dialects, several agents with sub-agents, models, teams, customers, environments and users occur', () => {
    const kinds = (of: (run: DemoRun) => unknown): number => count(runs.map(of)).size
    expect(kinds(({ dialect }) => dialect)).toBe(4)
    expect(kinds(({ context }) => context.team)).toBeGreaterThanOrEqual(4)
    expect(kinds(({ context }) => context.customer)).toBeGreaterThanOrEqual(8)
    expect(kinds(({ context }) => context.environment)).toBe(2)
    expect(kinds(({ context }) => context.user)).toBeGreaterThan(100)
    const agents = new Set(bodies.flatMap(({ body }) => (body.kind === 'agent' ? [body.agent.name] : [])))
    expect([...agents].sort()).toEqual([
      'billing-agent',
      'contact-finder',
      'fraud-check',
      'kb-assistant',
      'pr-writer',
      'refund-agent',
      'sales-research',
      'shipping-agent',
      'triage-agent',
    ])
    const models = new Set(bodies.flatMap(({ body }) => (body.kind === 'model' ? [body.model.name] : [])))
    expect(models.size).toBeGreaterThanOrEqual(7)
  })

  test('tools that worked tell their fee, and people who decided their minutes', () => {
    const told = (key: string) => spans.filter(({ attributes }) => attributes[key] !== undefined)
    expect(told('recount.tool.fee_usd').length).toBeGreaterThan(100)
    expect(told('recount.tool.fee_usd').every(({ error }) => error === undefined)).toBe(true)
    const decided = spans.filter(({ attributes }) => attributes['recount.approval.decision'] !== undefined)
    const minutes = decided.map(({ attributes }) => attributes['recount.review.minutes'])
    expect(minutes.filter((given) => typeof given === 'number' && given >= 0.5).length).toBeGreaterThan(20)
    for (const { attributes } of decided)
      expect(attributes['recount.review.minutes'] === undefined).toBe(
        attributes['recount.approval.decision'] === 'expired',
      )
  })

  test('every verdict of a guardrail, every decision of an approval and every outcome occurs', () => {
    const verdicts = count(bodies.flatMap(({ body }) => (body.kind === 'guardrail' ? [body.verdict] : [])))
    expect([...verdicts.keys()].sort()).toEqual(['block', 'error', 'escalate', 'flag', 'pass', 'redact'])
    const decisions = count(bodies.flatMap(({ body }) => (body.kind === 'approval' ? [body.decision] : [])))
    expect([...decisions.keys()].sort()).toEqual(['approved', 'denied', 'expired'])
    const outcomes = count(
      runs.flatMap(({ evaluations }) =>
        evaluations.filter(({ name }) => name === 'task.outcome').map(({ label }) => label),
      ),
    )
    expect([...outcomes.keys()].sort()).toEqual(['escalated', 'failure', 'infra_error', 'success', 'user_abandoned'])
  })

  test('failed calls that are retried, loops, invalid arguments, conversations of several runs, cached and reasoning tokens occur', () => {
    const has = (is: (run: DemoRun) => boolean): number => runs.filter(is).length
    const isModel = (body: DemoRun['nodes'][number]['body']): boolean => body.kind === 'model'
    expect(
      has(({ nodes }) =>
        nodes.some(
          ({ body, error }, i) =>
            isModel(body) &&
            error !== undefined &&
            nodes.slice(i + 1).some((later) => isModel(later.body) && !later.error),
        ),
      ),
    ).toBeGreaterThan(20)
    expect(has(({ nodes }) => longestRepeat(nodes) >= 4)).toBeGreaterThan(20)
    expect(has(({ nodes }) => nodes.some(({ error }) => error?.type === 'invalid_arguments'))).toBeGreaterThan(10)
    expect(runs.length - count(runs.map(({ context }) => context.sessionId)).size).toBeGreaterThan(100)
    const usages = bodies.flatMap(({ body }) => (body.kind === 'model' && body.usage ? [body.usage] : []))
    expect(
      usages.some(({ reasoning }) => reasoning > 0) &&
        usages.some(({ cacheRead }) => cacheRead > 0) &&
        usages.some(({ cacheWrite }) => cacheWrite > 0),
    ).toBe(true)
    expect(
      usages.every((usage) => usage.cacheRead + usage.cacheWrite <= usage.input && usage.reasoning <= usage.output),
    ).toBe(true)
  })

  test('every scenario of every agent is told within a week', () => {
    const told = [...count(runs.map(({ scenario }) => scenario)).keys()]
    expect(told.sort()).toEqual(casts.flatMap(({ scenarios }) => scenarios).sort())
  })

  test('a tool call breaks the schema that its model was given exactly where the tool says so', () => {
    const ajv = new Ajv({ strict: false, formats: { uri: true } })
    const validators = new Map<string, ValidateFunction>()
    const wrong: string[] = []
    for (const { body, error } of bodies) {
      if (body.kind !== 'tool') continue
      if (!body.definition) throw new Error(`${body.call.name} is offered to no model`)
      const validate = validators.get(body.call.name) ?? ajv.compile(body.definition.parameters)
      validators.set(body.call.name, validate)
      if (validate(body.call.arguments) !== (error?.type !== 'invalid_arguments')) wrong.push(frozen(body.call))
    }
    expect(wrong).toEqual([])
    expect(validators.size).toBeGreaterThan(15)
  })

  test('outcomes come late, and some of the last day are still open', () => {
    const outcomes = runs
      .flatMap(runToEvaluations)
      .filter(({ attributes }) => attributes['gen_ai.evaluation.name'] === 'task.outcome')
    expect(outcomes.some(({ timeNanos }) => timeNanos > nowNanos)).toBe(true)
    expect(
      outcomes.filter(({ attributes }) => attributes['recount.evaluation.source'] === 'system_of_record').length,
    ).toBeGreaterThan(500)
  })

  test('the newest refund-agent is visibly worse, in a way that no version before it was', () => {
    const byVersion = (version: string): readonly DemoRun[] =>
      runs.filter(
        ({ nodes: [root] }) =>
          root?.body.kind === 'agent' && root.body.agent.name === 'refund-agent' && root.body.agent.version === version,
      )
    const successRate = (of: readonly DemoRun[]): number => {
      const labels = of
        .flatMap(({ evaluations }) => evaluations.filter(({ name }) => name === 'task.outcome'))
        .map(({ label }) => label)
      const judged = labels.filter((label) => label === 'success' || label === 'failure')
      return judged.filter((label) => label === 'success').length / judged.length
    }
    const invalid = (of: readonly DemoRun[]): number =>
      of.filter(({ scenario }) => scenario === 'refund-invalid-arguments').length
    expect(byVersion('v14').length).toBeGreaterThan(80)
    expect(successRate(byVersion('v13')) - successRate(byVersion('v14'))).toBeGreaterThan(0.06)
    expect([invalid(byVersion('v13')), invalid(byVersion('v14')) > 5]).toEqual([0, true])
  })
})

describe('live traffic', () => {
  test('a minute has about as many runs as asked for, which start in it or follow one that does', () => {
    const minutes = Array.from({ length: 60 }, (_, i) => liveMinute('test', nowNanos + BigInt(i) * 60_000_000_000n, 6))
    expect(minutes.flat().length / 60).toBeGreaterThan(4)
    expect(minutes.flat().length / 60).toBeLessThan(8)
    expect(
      minutes.every((of, i) => of.every(({ startNanos }) => startNanos >= nowNanos + BigInt(i) * 60_000_000_000n)),
    ).toBe(true)
  })
})

/** How often one tool was called with the same arguments in a row. */
function longestRepeat(nodes: DemoRun['nodes']): number {
  let longest = 0
  let length = 0
  let last = ''
  for (const { body } of nodes) {
    if (body.kind !== 'tool') continue
    const key = frozen([body.call.name, body.call.arguments])
    length = key === last ? length + 1 : 1
    last = key
    longest = Math.max(longest, length)
  }
  return longest
}
