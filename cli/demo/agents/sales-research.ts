import { models } from '../models.ts'
import { type DemoCast, pickScenario, type SessionPlan } from '../session.ts'
import type { DemoAgent } from '../story-model.ts'
import { accounts, researchScenarios } from './research-scenarios.ts'
import { researchTools } from './research-tools.ts'

const agent: DemoAgent = {
  name: 'sales-research',
  version: '2026.11.2',
  system: `You prepare account briefs for sales calls. Use only sources you have opened and give each claim its source.
Never export personal contact data beyond business e-mail. Stop after eight tool calls and write what you have.`,
  model: models.sonnet,
  tools: researchTools,
  contextTokens: 9200,
  prompt: { name: 'account-brief', version: '12' },
}

export const salesResearch: DemoCast = {
  name: 'sales-research',
  weight: 13,
  scenarios: researchScenarios.map(({ name }) => name),
  plan(random): SessionPlan {
    const scene = { random, account: random.pick(accounts) }
    const scenario = pickScenario(random, researchScenarios)
    return {
      scenario: scenario.name,
      dialect: 'openinference',
      agent,
      context: {
        service: 'sales-research',
        team: 'sales',
        costCenter: 'cc-2300',
        environment: random.chance(0.1) ? 'staging' : 'production',
        customer: 'internal',
        user: random.pick(['ae-lena', 'ae-marcus', 'ae-sunita', 'sdr-toby', 'sdr-ines']),
        sessionId: `brief-${random.hex(8)}`,
        workflow: 'account-brief',
        limits: { usd: 1.5, toolCalls: 8 },
        attributes: { account: scene.account.name },
      },
      turns: scenario.turns(scene),
    }
  },
}
