import type { Database } from '../../schema/clickhouse/database.ts'

// Small runs by name, as OTLP/JSON: what the tests of late facts are about.

export type Attributes = Readonly<Record<string, string | number>>
export const pairs = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }))

export interface Sent {
  readonly trace: string
  readonly span: string
  readonly parent?: string
  readonly atMs?: number
  readonly attributes?: Attributes
  readonly failed?: boolean
}

const idOf = (text: string, digits: number): string => Buffer.from(text).toString('hex').padEnd(digits, '0')
export const traceOf = (name: string): string => idOf(name, 32)

export const spansBody = (startNanos: bigint, spans: readonly Sent[], resource: Attributes): object => ({
  resourceSpans: [
    {
      resource: { attributes: pairs({ 'service.name': 'shop', ...resource }) },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: spans.map(({ trace, span, parent, atMs = 0, attributes = {}, failed }) => ({
            traceId: traceOf(trace),
            spanId: idOf(span, 16),
            ...(parent === undefined ? {} : { parentSpanId: idOf(parent, 16) }),
            name: span,
            kind: 1,
            startTimeUnixNano: String(startNanos + BigInt(atMs) * 1_000_000n),
            endTimeUnixNano: String(startNanos + BigInt(atMs + 10) * 1_000_000n),
            attributes: pairs(attributes),
            status: { code: failed ? 2 : 0 },
          })),
        },
      ],
    },
  ],
})

/** A record that judges the outcome of whatever its attributes name. */
export const evaluationBody = (timeNanos: bigint, attributes: Attributes): object => ({
  resourceLogs: [
    {
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: String(timeNanos),
              eventName: 'gen_ai.evaluation.result',
              attributes: pairs({
                'gen_ai.evaluation.name': 'task.outcome',
                'recount.evaluation.source': 'system_of_record',
                ...attributes,
              }),
            },
          ],
        },
      ],
    },
  ],
})

/** A run of an agent with one call that its emitter priced at a dollar. */
export const agentRun = (trace: string, more: Attributes = {}, atMs = 0): readonly Sent[] => [
  {
    trace,
    span: 'r',
    atMs,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'desk', ...more },
  },
  {
    trace,
    span: 'c',
    parent: 'r',
    atMs: atMs + 1,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4.1',
      'gen_ai.response.id': `resp-${trace}`,
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cost': 1,
    },
  },
]

export interface RunNow {
  readonly run: string
  readonly outcome: string
  readonly source: string
  readonly by: string
  readonly cost: string
  readonly kinds: readonly string[]
}

/** What the ledger says of the runs of a project, now and before. */
export const ledgerReader = (database: () => Database) => {
  const runsNow = async (projectId: number): Promise<Record<string, RunNow>> => {
    const rows = await database().query<RunNow>(
      `SELECT lower(hex(r.run_id)) AS run, r.outcome AS outcome, r.outcome_source AS source, r.outcome_evaluator AS by, toString(r.cost) AS cost,
        arrayFilter(kind -> kind NOT IN ('llm', 'tool'), r.calls.kind) AS kinds
FROM (SELECT * FROM run_ledger AS l WHERE l.project_id = {project:UInt32} ORDER BY l.version DESC, l.sign DESC LIMIT 1 BY l.run_id) AS r WHERE r.sign = 1`,
      { project: projectId },
    )
    return Object.fromEntries(rows.map((row) => [Buffer.from(row.run, 'hex').toString().replaceAll('\0', ''), row]))
  }

  /** What the ledger said at a moment, in whole nano-dollars. */
  const costAsOf = async (projectId: number, ms: number): Promise<string> =>
    (
      await database().query<{ cost: string }>(
        `SELECT toString(sum(sign * toDecimal128(cost, 9))) AS cost FROM run_ledger WHERE project_id = {project:UInt32} AND toUnixTimestamp64Milli(tallied_at) <= {ms:Int64}`,
        { project: projectId, ms },
      )
    )[0]!.cost

  const versionsOf = async (projectId: number): Promise<number> =>
    Number(
      (
        await database().query<{ n: string }>(
          'SELECT toString(count()) AS n FROM run_ledger WHERE project_id = {project:UInt32} AND sign = 1',
          { project: projectId },
        )
      )[0]!.n,
    )

  return { runsNow, costAsOf, versionsOf }
}
