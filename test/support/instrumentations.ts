import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MAPPER_VERSION } from '../../schema/dialects/dialects.ts'
import type { RunTally } from '../../schema/model/run.ts'
import {
  addUsage,
  emptyUsage,
  inputTotal,
  outputTotal,
  USAGE_BUCKETS,
  USAGE_COLUMNS,
  type UsageBuckets,
} from '../../schema/model/usage.ts'
import { genaiPriceBook } from '../../schema/prices/project-price-book.ts'
import { CAPTURES, capturesOf, decodedBodies, rowsOf, type Scenario, scenariosOf, tally } from './captures.ts'

// docs/instrumentations.md: what each recorded instrumentation says, against the ledger of the model server that it talked to.

interface Expected {
  readonly expectations: {
    readonly usage: Partial<UsageBuckets> | null
    readonly sessions: readonly string[] | null
    readonly users: readonly string[] | null
  }
  readonly modelCalls: readonly {
    readonly api?: string
    readonly status: number
    readonly buckets?: Readonly<Record<string, number>>
  }[]
  readonly toolExecutions?: readonly unknown[]
}

/** Sums over the scenarios of one recording. `ledger` is what happened, `read` what Recount reads, `naive` what adding up every span gives. */
interface Figures {
  readonly capture: string
  readonly dialect: string
  scenarios: number
  readonly ledger: { calls: number; failed: number; tools: number; usage: UsageBuckets }
  readonly read: { calls: number; failed: number; tools: number; usage: UsageBuckets }
  naiveInput: number
  /** Input of the scenarios that can be compared: those whose emitter's numbers are not wrong by themselves. */
  comparedInput: number
  silentCalls: number
  readonly silentScenarios: string[]
  readonly wrongScenarios: string[]
  toolsWithArguments: number
  toolsWithResult: number
  sessions: number
  users: number
}

const PRICES = genaiPriceBook()

export const instrumentationsPage = (): string => {
  const rows = capturesOf(() => true).map(figuresOf)
  return [
    '# What instrumentations say, and what they lose',
    '',
    `Recorded with the real frameworks against a model server that kept its own ledger: ${rows.length} instrumentations, ${sum(rows, (row) => row.scenarios)} scenarios`,
    `(plain calls, streams, tools, failures, retries, several turns, sub-agents, approvals). This page is made from a run of the rules over all of them`,
    `(mapper version ${MAPPER_VERSION}; \`npx vitest run test/instrumentations.test.ts\` holds it against the recordings, and writes it with`,
    '`RECOUNT_WRITE_DOCS=1`). Recount reads every scenario as a perfect reader of its telemetry would; what is missing below was never sent.',
    '',
    'Choose by this: the ledger is what the provider would bill.',
    '',
    ...table(rows),
    '',
    '**Calls** and **tokens**: read by Recount of those in the ledger (retries inside an SDK that leave no trace count as lost). **Every span added up**: input tokens that',
    'a sum over all spans and records would give, against the right figure; what is above 1 repeats a call or sums up its children. **Cache**, **reasoning**: tokens that can be told',
    'apart, of those in the ledger. **Tools**: calls that telemetry tells, of executions that took place (refused calls are told too); with arguments and result. **Session**, **user**:',
    'whether any scenario carried one that the program had set. A dash: nothing of the kind happened.',
    '',
    '## One by one',
    '',
    ...rows.flatMap(section),
  ].join('\n')
}

const figuresOf = (capture: string): Figures => {
  const figures: Figures = {
    capture,
    dialect: dialectOf(capture),
    scenarios: 0,
    ledger: { calls: 0, failed: 0, tools: 0, usage: emptyUsage() },
    read: { calls: 0, failed: 0, tools: 0, usage: emptyUsage() },
    naiveInput: 0,
    comparedInput: 0,
    silentCalls: 0,
    silentScenarios: [],
    wrongScenarios: [],
    toolsWithArguments: 0,
    toolsWithResult: 0,
    sessions: 0,
    users: 0,
  }
  for (const scenario of scenariosOf(capture)) addScenario(figures, scenario)
  return figures
}

const dialectOf = (capture: string): string => {
  const row = readFileSync(join(CAPTURES, 'TABLE.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| ${capture} `))
  return row?.split('|')[2]?.trim() ?? ''
}

const addScenario = (figures: Figures, scenario: Scenario): void => {
  const expected = JSON.parse(readFileSync(join(scenario.directory, 'expected.json'), 'utf8')) as Expected
  const rows = rowsOf(decodedBodies(scenario.directory))
  const runs = tally(rows, PRICES)
  const all = (of: (run: RunTally) => number): number => runs.reduce((total, run) => total + of(run), 0)
  figures.scenarios++
  figures.sessions += runs.some((run) => run.sessionIds.length > 0) ? 1 : 0
  figures.users += runs.some((run) => run.userIds.length > 0) ? 1 : 0
  figures.ledger.calls += expected.modelCalls.length
  figures.ledger.failed += expected.modelCalls.filter(({ status }) => status >= 400).length
  figures.ledger.tools += expected.toolExecutions?.length ?? 0
  figures.read.calls += all((run) => run.modelCalls + run.embeddingCalls)
  figures.read.failed += all((run) => run.failedModelCalls)
  figures.read.tools += all((run) => run.toolCalls)
  const silent = all((run) => run.missingUsageCalls)
  figures.silentCalls += silent
  if (silent > 0) figures.silentScenarios.push(scenario.name)
  addTools(figures, rows, runs)
  if (expected.expectations.usage === null) {
    figures.wrongScenarios.push(scenario.name)
    return
  }
  for (const { buckets } of expected.modelCalls)
    USAGE_BUCKETS.forEach((bucket, i) => {
      figures.ledger.usage[bucket] += buckets?.[USAGE_COLUMNS[i] ?? ''] ?? 0
    })
  for (const run of runs) addUsage(figures.read.usage, run.usage)
  figures.naiveInput += rows.spans.reduce((total, span) => total + inputTotal(span.usage), 0)
  figures.comparedInput += runs.reduce((total, run) => total + inputTotal(run.usage), 0)
}

const addTools = (figures: Figures, rows: ReturnType<typeof rowsOf>, runs: readonly RunTally[]): void => {
  const byId = new Map<string, typeof rows.spans>()
  for (const span of rows.spans) {
    const key = span.toolCallId === '' ? span.spanId : span.toolCallId
    byId.set(key, [...(byId.get(key) ?? []), span])
  }
  const spanOf = new Map(rows.spans.map((span) => [span.traceId + span.spanId, span]))
  for (const call of runs.flatMap((run) => run.calls).filter(({ kind }) => kind === 'tool')) {
    const span = spanOf.get(call.traceId + call.spanId)
    const told = span ? (byId.get(span.toolCallId === '' ? span.spanId : span.toolCallId) ?? [span]) : []
    if (told.some(({ kind, toolArguments }) => kind === 'tool' && toolArguments !== '')) figures.toolsWithArguments++
    if (told.some(({ kind, outputPreview }) => kind === 'tool' && outputPreview !== '')) figures.toolsWithResult++
  }
}

const table = (rows: readonly Figures[]): string[] => [
  '| instrumentation | calls | tokens in | tokens out | every span added up | cache | reasoning | tools | arguments | result | session | user |',
  '|---|---|---|---|---|---|---|---|---|---|---|---|',
  ...rows.map((row) => {
    const { ledger, read } = row
    return `| ${[
      row.capture,
      `${read.calls} of ${ledger.calls}`,
      share(inputTotal(read.usage), inputTotal(ledger.usage)),
      share(outputTotal(read.usage), outputTotal(ledger.usage)),
      row.comparedInput === 0 ? '–' : `${(row.naiveInput / row.comparedInput).toFixed(2)} ×`,
      share(cached(read.usage), cached(ledger.usage)),
      share(read.usage.reasoning, ledger.usage.reasoning),
      ledger.tools === 0 && read.tools === 0 ? '–' : `${read.tools} of ${ledger.tools}`,
      share(row.toolsWithArguments, read.tools),
      share(row.toolsWithResult, read.tools),
      row.sessions > 0 ? 'yes' : 'no',
      row.users > 0 ? 'yes' : 'no',
    ].join(' | ')} |`
  }),
]

const section = (row: Figures): string[] => [
  `### ${row.capture}`,
  '',
  `${row.dialect}, ${row.scenarios} scenarios.`,
  '',
  ...(lossesOf(row).length === 0 ? ['- Nothing of the ledger is missing.'] : lossesOf(row)),
  '',
]

const lossesOf = (row: Figures): string[] => {
  const { ledger, read } = row
  const lost = (what: string, mine: number, all: number): string[] =>
    all === 0 || mine >= all ? [] : [`- ${what}: ${mine === 0 ? 'none' : number(mine)} of ${number(all)} can be read.`]
  return [
    ...(read.calls < ledger.calls
      ? [
          `- ${ledger.calls - read.calls} of ${ledger.calls} calls leave no trace (retries inside the SDK, or a run that was not flushed).`,
        ]
      : []),
    ...(read.calls > ledger.calls
      ? [`- ${read.calls - ledger.calls} calls are told that the ledger does not have (they never reached the model).`]
      : []),
    ...(read.failed < ledger.failed
      ? [`- ${ledger.failed - read.failed} of ${ledger.failed} failed calls are not shown as failed.`]
      : []),
    ...(row.silentCalls > 0
      ? [`- ${row.silentCalls} calls that were answered carry no token count: ${row.silentScenarios.join(', ')}.`]
      : []),
    ...(row.wrongScenarios.length > 0
      ? [`- Token counts are wrong in the telemetry itself: ${row.wrongScenarios.join(', ')}.`]
      : []),
    ...lost('Input tokens', inputTotal(read.usage), inputTotal(ledger.usage)),
    ...lost('Output tokens', outputTotal(read.usage), outputTotal(ledger.usage)),
    ...lost('Tokens read from a cache', read.usage.cacheRead, ledger.usage.cacheRead),
    ...lost('Tokens written to a cache', written(read.usage), written(ledger.usage)),
    ...(written(read.usage) > 0 && ledger.usage.cacheWrite1h > 0 && read.usage.cacheWrite1h === 0
      ? ['- How long cache writes live is not told: writes for an hour are taken for those of 5 minutes.']
      : []),
    ...lost('Reasoning tokens', read.usage.reasoning, ledger.usage.reasoning),
    ...(row.comparedInput > 0 && row.naiveInput / row.comparedInput > 1.02
      ? [
          `- The same tokens stand on several spans or records: added up they would be ${(row.naiveInput / row.comparedInput).toFixed(2)} times the truth. Recount counts each call once.`,
        ]
      : []),
    ...(read.tools < ledger.tools
      ? [`- ${ledger.tools - read.tools} of ${ledger.tools} executions of tools have no span and no record.`]
      : []),
    ...(read.tools > 0 && row.toolsWithArguments < read.tools
      ? [`- Arguments: on ${row.toolsWithArguments} of ${read.tools} tool calls.`]
      : []),
    ...(read.tools > 0 && row.toolsWithResult < read.tools
      ? [`- Results: on ${row.toolsWithResult} of ${read.tools} tool calls.`]
      : []),
    ...(row.sessions === 0 ? ['- No session: conversations of several traces cannot be told.'] : []),
    ...(row.users === 0 ? ['- No user.'] : []),
  ]
}

const cached = (usage: Readonly<UsageBuckets>): number => usage.cacheRead + written(usage)
const written = (usage: Readonly<UsageBuckets>): number => usage.cacheWrite5m + usage.cacheWrite1h
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
const number = (value: number): string => value.toLocaleString('en-US')
const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`)
