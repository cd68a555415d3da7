import { models } from '../models.ts'
import { customers, order, person } from '../people.ts'
import type { DemoCast, SessionPlan } from '../session.ts'
import { pickScenario } from '../session.ts'
import type { DemoAgent, ToolDefinition } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'
import { refundScenarios } from './refund-scenarios.ts'
import type { RefundScene, RefundVersion } from './refund-scene.ts'

const tools: readonly ToolDefinition[] = [
  {
    name: 'lookup_order',
    description: 'Look up an order by its id: items, amount, delivery status.',
    parameters: objectSchema({ order_id: { type: 'string', pattern: '^A-[0-9]{4}$' } }, ['order_id']),
  },
  {
    name: 'issue_refund',
    description: 'Refund an order to the original payment method. Amounts over 200 USD need an approval first.',
    parameters: objectSchema(
      {
        order_id: { type: 'string' },
        amount_usd: { type: 'number', exclusiveMinimum: 0 },
        reason: {
          type: 'string',
          enum: ['damaged on arrival', 'wrong item', 'late delivery', 'changed mind', 'goodwill'],
        },
      },
      ['order_id', 'amount_usd', 'reason'],
    ),
  },
  {
    name: 'create_return_label',
    description: 'Make a prepaid return label and mail it to the customer.',
    parameters: objectSchema({ order_id: { type: 'string' }, carrier: { type: 'string' } }, ['order_id']),
  },
  {
    name: 'create_exchange',
    description: 'Send a replacement for an item of an order.',
    parameters: objectSchema({ order_id: { type: 'string' }, sku: { type: 'string' } }, ['order_id', 'sku']),
  },
  {
    name: 'transfer_to_human_agents',
    description: 'Hand the conversation to a human colleague with a summary. Use for legal threats, fraud and safety.',
    parameters: objectSchema({ summary: { type: 'string' }, priority: { type: 'string', enum: ['normal', 'high'] } }, [
      'summary',
    ]),
  },
]

const system = `You are the refund agent of a web shop. Follow the refund policy exactly.
Look up the order before you promise anything. Refund damaged or wrong items within 30 days. Refunds over $200 need the approval of a colleague.
Never state that a refund was issued unless issue_refund succeeded. Hand over to a human when the customer threatens legal action, reports an injury, or asks for one twice.
Be brief, warm and concrete: say the amount, where the money goes and when it arrives.`

export const refundAgent: DemoCast = {
  name: 'refund-agent',
  weight: 40,
  scenarios: refundScenarios('v14').map(({ name }) => name),
  plan(random, startNanos, { canarySinceNanos, rolloutSinceNanos }): SessionPlan {
    const inCanary = startNanos >= canarySinceNanos && random.chance(0.3)
    const version = startNanos >= rolloutSinceNanos || inCanary ? 'v14' : random.chance(0.06) ? 'v12' : 'v13'
    const scene: RefundScene = {
      random,
      version,
      user: person(random),
      order: order(random, 'small'),
      large: order(random, 'large'),
    }
    const scenario = pickScenario(random, refundScenarios(version))
    const staging = random.chance(0.07)
    return {
      scenario: scenario.name,
      dialect: 'otel-genai',
      agent: agentOf(version),
      context: {
        service: 'support-refunds',
        team: 'support',
        costCenter: 'cc-4100',
        environment: staging ? 'staging' : 'production',
        customer: random.pick(customers),
        user: scene.user.id,
        sessionId: `conv-${random.hex(8)}`,
        workflow: 'refunds',
        policyVersion: version === 'v12' ? 'refunds-2026-09' : 'refunds-2026-10',
        limits: { usd: 0.6, tokens: 24_000, toolCalls: 8, seconds: 600 },
        attributes: { 'recount.outcome.key': `TICKET-${random.int(100_000, 999_999)}` },
      },
      turns: scenario.turns(scene),
    }
  },
}

function agentOf(version: RefundVersion): DemoAgent {
  return {
    name: 'refund-agent',
    version,
    system,
    model: models.gpt41,
    tools,
    contextTokens: 2600,
    prompt: { name: 'support-refunds', version: version === 'v14' ? '7' : '6' },
  }
}
