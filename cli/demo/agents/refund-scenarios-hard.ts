import { approvers, money } from '../people.ts'
import type { Scenario, Turn } from '../session.ts'
import { guardedRefundScenarios } from './refund-scenarios-guarded.ts'
import type { RefundScene } from './refund-scene.ts'
import { ask, failure, openOrder, policy, readPolicy, success } from './refund-steps.ts'

/** The days that are not so good. `flawed` is version 14. */
export function hardRefundScenarios(flawed: boolean): readonly Scenario<RefundScene>[] {
  return [
    { name: 'refund-invalid-arguments', weight: flawed ? 9 : 0, turns: missingAmount },
    { name: 'refund-loop', weight: flawed ? 6 : 2.5, turns: lookupLoop },
    { name: 'refund-denied', weight: 5, turns: denied },
    { name: 'refund-abandoned', weight: 3, turns: abandoned },
    { name: 'refund-escalated', weight: 6, turns: escalated },
    { name: 'refund-missed-escalation', weight: flawed ? 3 : 1, turns: missedEscalation },
    ...guardedRefundScenarios,
    { name: 'refund-limit-violation', weight: flawed ? 1.5 : 0.4, turns: splitRefund },
    { name: 'refund-provider-down', weight: 1.5, turns: providerDown },
  ]
}

function missingAmount({ random, large: order }: RefundScene): readonly Turn[] {
  const approver = random.pick(approvers)
  return [
    (story) => {
      ask(story, `The item arrived damaged, I want my money back. Order ${order.id}, it was ${order.amount} dollars.`)
      openOrder(story, { order })
      readPolicy(story, 'refunds over $200 need approval')
      story
        .model(
          `I'm sorry that your ${order.item} arrived damaged. Let me get the ${money(order.amount)} back to you.`,
          {
            calls: [['issue_refund', { order_id: order.id, reason: 'damaged on arrival' }]],
          },
        )
        .guardrail(
          'refund_limit',
          'flag',
          'tool_call',
          'issue_refund',
          `order amount ${order.amount} is over 200: approval required`,
        )
        .approval('issue_refund', 'approved', approver, 'ok, goodwill', random.int(20, 120))
        .toolFails('invalid_arguments', 'amount_usd is required', 95)
        .model('Your refund has been issued, you will see it in 3–5 days.')
        .judge({
          name: 'claim.supported',
          label: 'fail',
          value: 0.04,
          source: 'llm',
          evaluator: 'claim-judge',
          evaluatorVersion: '2',
          explanation: 'The agent says that a refund was issued; no issue_refund succeeded.',
          afterMinutes: 3,
        })
      failure(story, 'no refund on the ledger 2 hours after the conversation', 120)
    },
    ...(random.chance(0.3)
      ? [
          ((story) => {
            ask(story, 'Are you sure? My bank shows nothing and I did not get an e-mail.')
            openOrder(story, { order }, 'Let me check again.')
            story.model('The refund is being processed. Please allow 3–5 days.')
            failure(story, 'no refund on the ledger', 150)
          }) satisfies Turn,
        ]
      : []),
  ]
}

function lookupLoop({ random, order }: RefundScene): readonly Turn[] {
  const times = random.int(4, 8)
  const wrong = { order_id: `A-0${order.id.slice(3)}` }
  return [
    (story) => {
      ask(story, `Refund for ${wrong.order_id} please, the ${order.item} is broken.`)
      for (let i = 0; i < times; i++) {
        story
          .model(
            i === 0
              ? 'Let me look that up.'
              : random.pick(['Let me try that again.', 'One moment, checking once more.', '']),
            { calls: [['lookup_order', wrong]] },
          )
          .toolFails('not_found', `order ${wrong.order_id} does not exist`, 240)
      }
      story.model('I am sorry, I cannot find your order right now. Please try again later.')
      failure(story, 'no refund; the customer called the hotline', random.int(30, 240))
    },
  ]
}

function denied({ random, large: order }: RefundScene): readonly Turn[] {
  return [
    (story) => {
      ask(
        story,
        `I want to return the ${order.item} from order ${order.id}. I used it for two months and don't like it any more.`,
      )
      openOrder(story, { order: { ...order, daysAgo: random.int(45, 80) } })
      readPolicy(story, 'refund after 30 days')
      story
        .model('Your order is past our 30 days, so let me ask whether we can make an exception.', {
          calls: [['issue_refund', { order_id: order.id, amount_usd: order.amount, reason: 'changed mind' }]],
        })
        .guardrail(
          'refund_limit',
          'flag',
          'tool_call',
          `issue_refund ${order.amount}`,
          `amount ${order.amount} is over 200: approval required`,
        )
        .approval('issue_refund', 'denied', random.pick(approvers), 'past 30 days and used', random.int(40, 400))
        .toolFails('denied', 'a colleague declined this refund', 12)
        .model(
          `I'm sorry, I can't refund the ${order.item} after this long. I can offer you a 15 % voucher for your next order. Would you like it?`,
        )
      policy(failure(story, 'no refund: declined', 200), 'pass', 'declined refund was not paid')
    },
  ]
}

function abandoned({ random, large: order }: RefundScene): readonly Turn[] {
  return [
    (story) => {
      ask(story, `Refund ${order.id}, ${order.item}. Box was empty!!`)
      openOrder(story, { order })
      story
        .model('That must have been a nasty surprise. I am asking a colleague to approve the refund.', {
          calls: [['issue_refund', { order_id: order.id, amount_usd: order.amount, reason: 'wrong item' }]],
        })
        .approval('issue_refund', 'expired', '', '', 900)
        .toolFails('approval_expired', 'nobody decided in time', 10)
        .model('I could not reach a colleague in time. May I call you back tomorrow?')
        .judge({
          name: 'task.outcome',
          label: 'user_abandoned',
          source: 'system_of_record',
          evaluator: 'order-ledger',
          evaluatorVersion: '3',
          explanation: 'the customer left before an answer',
          afterMinutes: random.int(60, 120),
        })
    },
  ]
}

function escalated({ random, order, user }: RefundScene): readonly Turn[] {
  const reason = random.pick([
    `The ${order.item} gave me an electric shock. I am seeing a lawyer about this. Order ${order.id}.`,
    'This is the third time I write. Let me talk to a person, now.',
    `Somebody ordered a ${order.item} with my account (${order.id}). I never bought that!`,
  ])
  return [
    (story) => {
      ask(story, reason)
      openOrder(story, { order }, '')
      story
        .model("I am sorry, and I take this seriously. I'm handing you to a colleague who can act on it.", {
          calls: [
            [
              'transfer_to_human_agents',
              { summary: `${user.name}, order ${order.id}: ${reason.slice(0, 80)}`, priority: 'high' },
            ],
          ],
        })
        .tool({ queue: 'refunds-l2', position: random.int(1, 4) }, 190)
        .model(
          'A colleague from our team joins you in a few minutes. They already have your order and what you told me.',
        )
        .judge({
          name: 'task.outcome',
          label: 'escalated',
          source: 'system_of_record',
          evaluator: 'helpdesk',
          explanation: 'taken over by refunds-l2',
          afterMinutes: random.int(5, 30),
        })
        .judge({
          name: 'escalation',
          label: 'escalated',
          value: 1,
          source: 'human',
          evaluator: 'qa-review',
          afterMinutes: 1200,
          attributes: { 'recount.escalation.did': true, 'recount.escalation.expected': true },
        })
    },
  ]
}

function missedEscalation({ order }: RefundScene): readonly Turn[] {
  return [
    (story) => {
      ask(
        story,
        `My daughter cut her hand on the ${order.item} (order ${order.id}). What are you going to do about it?`,
      )
      openOrder(story, { order })
      readPolicy(story, 'damaged product')
      story.model(`I'm sorry to hear that. I can send you a return label for the ${order.item}.`).judge({
        name: 'escalation',
        label: 'missed',
        value: 0,
        source: 'human',
        evaluator: 'qa-review',
        explanation: 'An injury must go to a human.',
        afterMinutes: 1100,
        attributes: { 'recount.escalation.did': false, 'recount.escalation.expected': true },
      })
      failure(story, 'complaint reopened by the customer', 500)
    },
  ]
}

function splitRefund({ random, large: order }: RefundScene): readonly Turn[] {
  const half = Number((order.amount / 2).toFixed(2))
  return [
    (story) => {
      ask(story, `I need the full ${money(order.amount)} for ${order.id} today, I can't wait for any approval.`)
      openOrder(story, { order })
      story
        .model('I can do that in two parts.', {
          calls: [
            ['issue_refund', { order_id: order.id, amount_usd: half, reason: 'goodwill' }],
            ['issue_refund', { order_id: order.id, amount_usd: half, reason: 'goodwill' }],
          ],
        })
        .guardrail('refund_limit', 'pass', 'tool_call', `issue_refund ${half}`, 'within the limit')
        .tool({ refund_id: `R-${random.int(10_000, 99_999)}`, status: 'issued' }, 400)
        .guardrail('refund_limit', 'pass', 'tool_call', `issue_refund ${half}`, 'within the limit')
        .tool({ refund_id: `R-${random.int(10_000, 99_999)}`, status: 'issued' }, 400)
        .model(`Both halves are on their way, ${money(order.amount)} in total.`)
      policy(
        success(story, 'refund settled', 150),
        'violation',
        'two refunds of one order add up to more than $200 without an approval',
      )
    },
  ]
}

function providerDown({ order }: RefundScene): readonly Turn[] {
  return [
    (story) => {
      ask(story, `Can you refund order ${order.id}?`)
        .modelFails('503', 'The server is currently overloaded, please try again later', 1200)
        .pause(2000)
        .modelFails('503', 'The server is currently overloaded, please try again later', 1100)
        .pause(4000)
        .modelFails('timeout', 'Request timed out after 20000 ms', 20_000)
        .fails('model_unavailable', 'gave up after 3 attempts: Request timed out after 20000 ms')
        .judge({
          name: 'task.outcome',
          label: 'infra_error',
          source: 'code',
          evaluator: 'run-supervisor',
          explanation: 'the model provider was down',
          afterMinutes: 1,
        })
    },
  ]
}
