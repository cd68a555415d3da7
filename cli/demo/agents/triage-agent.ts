import { models } from '../models.ts'
import { customers, person } from '../people.ts'
import { type DemoCast, pickScenario, type SessionPlan } from '../session.ts'
import type { DemoAgent, ToolDefinition } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'
import { triageScenarios } from './triage-scenarios.ts'

const routeTool: ToolDefinition = {
  name: 'classify',
  description: 'Store queue, language and urgency of a message.',
  parameters: objectSchema(
    {
      queue: { type: 'string', enum: ['billing', 'shipping', 'account', 'human'] },
      language: { type: 'string' },
      urgent: { type: 'boolean' },
    },
    ['queue', 'language', 'urgent'],
  ),
}

const triage: DemoAgent = {
  name: 'triage-agent',
  version: '3.2.0',
  system:
    'You read what arrives in the shared inbox, decide who should answer, and hand over with a one-line summary. You never answer yourself.',
  model: models.gpt41mini,
  tools: [routeTool],
  contextTokens: 900,
  prompt: { name: 'inbox-triage', version: '9' },
}

export const triageAgent: DemoCast = {
  name: 'triage-agent',
  weight: 17,
  scenarios: triageScenarios.map(({ name }) => name),
  plan(random): SessionPlan {
    const scene = { random, user: person(random) }
    const scenario = pickScenario(random, triageScenarios)
    return {
      scenario: scenario.name,
      dialect: 'openllmetry',
      agent: triage,
      context: {
        service: 'inbox-triage',
        team: 'support',
        costCenter: 'cc-4200',
        environment: random.chance(0.08) ? 'staging' : 'production',
        customer: random.pick(customers),
        user: scene.user.id,
        sessionId: `mail-${random.hex(8)}`,
        workflow: 'inbox-triage',
        policyVersion: 'inbox-2026-08',
        limits: { usd: 0.1, toolCalls: 10 },
      },
      turns: scenario.turns(scene),
    }
  },
}
