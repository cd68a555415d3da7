import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type RecordingFormat, recordingToTraces } from './recording.ts'
import type { RecordedTrace } from './run-to-trace.ts'

// Recordings of real agents that lie beside a developer's checkout. What the traces say is held against a second,
// independent reading of the files.

const folder = fileURLToPath(new URL('../../../shared/trajectories', import.meta.url))
const present = existsSync(folder)
if (!present) console.warn(`SKIPPED: no recordings at ${folder}; imports were checked on the small fixtures only`)

function files(subfolder: string): readonly string[] {
  return present ? readdirSync(`${folder}/${subfolder}`).filter((name) => name.endsWith('.gz')) : []
}

// biome-ignore lint/suspicious/noExplicitAny: the independent reading takes the files as they are
type Json = any

function readJson(subfolder: string, name: string): Json {
  return JSON.parse(gunzipSync(readFileSync(`${folder}/${subfolder}/${name}`)).toString('utf8'))
}

function readLines(subfolder: string, name: string): Json[] {
  const text = gunzipSync(readFileSync(`${folder}/${subfolder}/${name}`)).toString('utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

interface Sums {
  runs: number
  sessions: number
  spans: number
  spanIds: number
  calls: number
  tools: number
  input: number
  output: number
  cacheRead: number
  reasoning: number
  cost: number
  /** The same without what hangs under user_simulator. */
  agent: { calls: number; tools: number; input: number; output: number; cost: number }
}

function sumsOf(traces: Iterable<RecordedTrace>): Sums & { readonly labels: Record<string, number> } {
  const ids = new Set<string>()
  const sessions = new Set<string>()
  const labels: Record<string, number> = {}
  const sums: Sums = {
    runs: 0,
    sessions: 0,
    spans: 0,
    spanIds: 0,
    calls: 0,
    tools: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    reasoning: 0,
    cost: 0,
    agent: { calls: 0, tools: 0, input: 0, output: 0, cost: 0 },
  }
  for (const trace of traces) {
    sums.runs += 1
    sessions.add(trace.sessionId)
    for (const { attributes: a } of trace.evaluations) {
      const key = `${a['gen_ai.evaluation.name']}=${a['gen_ai.evaluation.score.label']}`
      labels[key] = (labels[key] ?? 0) + 1
    }
    const [root] = trace.spans
    for (const span of trace.spans) {
      const a = span.attributes
      const number = (key: string): number => Number(a[key] ?? 0)
      sums.spans += 1
      ids.add(`${span.traceId}${span.spanId}`)
      if (span.endNanos < span.startNanos) throw new Error(`${span.name} ends before it starts`)
      const own = span.parentSpanId === root?.spanId ? 1 : 0
      if (a['gen_ai.operation.name'] === 'chat') {
        sums.calls += 1
        sums.input += number('gen_ai.usage.input_tokens')
        sums.output += number('gen_ai.usage.output_tokens')
        sums.cacheRead += number('gen_ai.usage.cache_read.input_tokens')
        sums.reasoning += number('gen_ai.usage.reasoning.output_tokens')
        sums.cost += number('gen_ai.usage.cost')
        sums.agent.calls += own
        sums.agent.input += own * number('gen_ai.usage.input_tokens')
        sums.agent.output += own * number('gen_ai.usage.output_tokens')
        sums.agent.cost += own * number('gen_ai.usage.cost')
      } else if (a['gen_ai.operation.name'] === 'execute_tool') {
        sums.tools += 1
        sums.agent.tools += own
      }
    }
  }
  return { ...sums, sessions: sessions.size, spanIds: ids.size, labels }
}

function imported(format: RecordingFormat, subfolder: string, name: string): ReturnType<typeof sumsOf> {
  return sumsOf(recordingToTraces(format, readFileSync(`${folder}/${subfolder}/${name}`), name))
}

const count = (items: readonly Json[], is: (item: Json) => boolean): number => items.filter(is).length
const sum = (items: readonly Json[], of: (item: Json) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

describe.skipIf(!present)('real recordings', () => {
  test.each(files('tau2-bench'))(
    'τ²-bench %s: sessions, tools, tokens and cost equal the file, in all and for the agent alone',
    (name) => {
      const { simulations } = readJson('tau2-bench', name)
      const messages: Json[] = simulations.flatMap((simulation: Json) => simulation.messages)
      const calls = messages.filter((message) => message.usage)
      const tools = messages.flatMap((message) => message.tool_calls ?? [])
      const agentCalls = calls.filter(({ role }) => role === 'assistant')
      const sums = imported('tau2', 'tau2-bench', name)
      expect(sums).toMatchObject({
        runs: simulations.length,
        sessions: simulations.length,
        spanIds: sums.spans,
        calls: calls.length,
        tools: tools.length,
        input: sum(calls, ({ usage }) => usage.prompt_tokens),
        output: sum(calls, ({ usage }) => usage.completion_tokens),
      })
      expect(sums.agent).toMatchObject({
        calls: agentCalls.length,
        tools: count(tools, ({ requestor }) => requestor !== 'user'),
        input: sum(agentCalls, ({ usage }) => usage.prompt_tokens),
        output: sum(agentCalls, ({ usage }) => usage.completion_tokens),
      })
      const agentCost = sum(simulations, ({ agent_cost }) => agent_cost ?? 0)
      expect(Math.abs(sums.cost - agentCost - sum(simulations, ({ user_cost }) => user_cost ?? 0))).toBeLessThan(1e-6)
      expect(Math.abs(sums.agent.cost - agentCost)).toBeLessThan(1e-6)
      expect(sums.labels['task.outcome=success'] ?? 0).toBe(
        count(simulations, ({ reward_info }) => reward_info.reward === 1),
      )
      expect((sums.labels['escalation=escalated'] ?? 0) + (sums.labels['escalation=unneeded'] ?? 0)).toBe(
        count(simulations, (simulation) =>
          JSON.stringify(simulation.messages).includes('"name":"transfer_to_human_agents"'),
        ),
      )
    },
  )

  test.each(files('tau2-bench'))(
    'τ²-bench %s: reading the calls in order of time gives the messages of every simulation, in order',
    (name) => {
      const { simulations } = readJson('tau2-bench', name)
      const traces = [...recordingToTraces('tau2', readFileSync(`${folder}/tau2-bench/${name}`), name)]
      for (const [i, { messages }] of simulations.entries()) {
        const expected = messages
          .filter(({ role }: Json) => role !== 'tool')
          .map(
            ({ role, content, tool_calls }: Json) =>
              `${role}|${content ?? ''}|${(tool_calls ?? []).map((call: Json) => call.id).join()}`,
          )
        expect(messagesInOrder(traces[i]!)).toEqual(expected)
      }
    },
  )

  test.each(files('tau-bench'))('tau-bench %s', (name) => {
    const runs: Json[] = readJson('tau-bench', name)
    const messages: Json[] = runs.flatMap(({ traj }) => traj)
    expect(imported('tau-bench', 'tau-bench', name)).toMatchObject({
      runs: runs.length,
      sessions: runs.length,
      calls: count(messages, ({ role }) => role === 'assistant'),
      tools: sum(messages, ({ tool_calls }) => tool_calls?.length ?? 0),
      cost: 0,
      labels: { 'task.outcome=success': count(runs, ({ reward }) => reward === 1) },
    })
  })

  test.each(files('agentdojo'))('AgentDojo %s', (name) => {
    const runs: Json[] = readLines('agentdojo', name)
    const messages: Json[] = runs.flatMap((run) => run.messages)
    expect(imported('agentdojo', 'agentdojo', name)).toMatchObject({
      runs: runs.length,
      sessions: runs.length,
      calls: count(messages, ({ role }) => role === 'assistant'),
      tools: sum(messages, ({ tool_calls }) => tool_calls?.length ?? 0),
      labels: {
        'task.outcome=success': count(runs, ({ utility }) => utility),
        'policy.injection=violation': count(runs, ({ attack_type, security }) => attack_type && security),
        'policy.injection=pass': count(runs, ({ attack_type, security }) => attack_type && !security),
      },
    })
  })

  test('AgentDojo without a defence: 300 of 629 attacks succeed', () => {
    const { labels } = imported('agentdojo', 'agentdojo', 'gpt-4o-2024-05-13.jsonl.gz')
    expect([labels['policy.injection=violation'], labels['policy.injection=pass']]).toEqual([300, 329])
  })

  test.each(files('mini-swe-agent'))('mini-swe-agent %s', (name) => {
    const runs: Json[] = readLines('mini-swe-agent', name)
    const calls: Json[] = runs.flatMap((run) => run.messages.filter(({ role }: Json) => role === 'assistant'))
    const usage = (of: (usage: Json) => number | undefined): number =>
      sum(calls, ({ extra }) => of(extra.response.usage) ?? 0)
    const sums = imported('mini-swe-agent', 'mini-swe-agent', name)
    expect(sums).toMatchObject({
      runs: runs.length,
      sessions: runs.length,
      spanIds: sums.spans,
      calls: calls.length,
      tools: sum(calls, ({ tool_calls }) => tool_calls?.length ?? 0),
      input: usage(({ prompt_tokens }) => prompt_tokens),
      output: usage(({ completion_tokens }) => completion_tokens),
      cacheRead: usage(({ prompt_tokens_details }) => prompt_tokens_details?.cached_tokens),
      reasoning: usage(({ completion_tokens_details }) => completion_tokens_details?.reasoning_tokens),
    })
    expect(Math.abs(sums.cost - sum(runs, ({ info }) => info.model_stats.instance_cost))).toBeLessThan(1e-6)
    const infra = count(runs, ({ info }) => ['InternalServerError', 'Timeout'].includes(info.exit_status))
    expect([sums.labels['task.outcome=infra_error'] ?? 0, sums.labels['task.outcome=pending'] ?? 0]).toEqual([
      infra,
      runs.length - infra,
    ])
  })
})

/** What a reader of the telemetry sees: at each call, in order of time, the messages it had not seen, then what the call wrote. */
function messagesInOrder(trace: RecordedTrace): readonly string[] {
  const calls = trace.spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat')
  calls.sort((a, b) => Number(a.startNanos - b.startNanos))
  const shown: string[] = []
  for (const { attributes } of calls) {
    const remaining = new Map<string, number>()
    for (const text of shown) remaining.set(text, (remaining.get(text) ?? 0) + 1)
    for (const text of readMessages(attributes['gen_ai.input.messages'])) {
      const left = remaining.get(text) ?? 0
      if (left > 0) remaining.set(text, left - 1)
      else shown.push(text)
    }
    shown.push(...readMessages(attributes['gen_ai.output.messages']))
  }
  return shown
}

function readMessages(json: unknown): readonly string[] {
  const messages: Json[] = JSON.parse(String(json))
  return messages
    .filter(({ role }) => role !== 'tool')
    .map(({ role, parts }) => {
      const texts = parts.filter(({ type }: Json) => type === 'text').map(({ content }: Json) => content)
      const ids = parts.filter(({ type }: Json) => type === 'tool_call').map(({ id }: Json) => id)
      return `${role}|${texts.join('')}|${ids.join()}`
    })
}
