import { models } from '../models.ts'
import type { Story } from '../story.ts'
import type { RefundScene } from './refund-scene.ts'

// Steps that many conversations at the refund desk have in common.

const documents: readonly (readonly [string, string])[] = [
  [
    'policy/refunds#damaged',
    'Items that arrive damaged are refunded in full within 30 days of delivery. A photo is welcome, not required.',
  ],
  ['policy/refunds#approval', 'Refunds over $200 need the approval of a colleague before issue_refund is called.'],
  [
    'policy/refunds#timing',
    'Money arrives on the original payment method after 3–5 business days; vouchers are instant.',
  ],
]

/** What the customer writes passes two checks before the model sees it. */
export function ask(story: Story, message: string): Story {
  return story
    .user(message)
    .guardrail('prompt_injection', 'pass', 'input', message, `score ${(story.random.next() * 0.08).toFixed(2)}`, 34)
    .guardrail('pii', 'pass', 'input', message, 'nothing found', 9)
}

export function openOrder(story: Story, { order }: Pick<RefundScene, 'order'>, say = 'Let me look that up.'): Story {
  return story.model(say, { calls: [['lookup_order', { order_id: order.id }]] }).tool(
    {
      order_id: order.id,
      item: order.item,
      status: 'delivered',
      delivered_days_ago: order.daysAgo,
      total_usd: order.amount,
      carrier: order.carrier,
    },
    290,
  )
}

export function readPolicy(story: Story, question: string): Story {
  return story.embed(models.embedding, question).retrieve('refund-policies', question, documents, 190)
}

export function success(story: Story, explanation: string, afterMinutes: number): Story {
  return story.judge({
    name: 'task.outcome',
    label: 'success',
    value: 1,
    source: 'system_of_record',
    evaluator: 'order-ledger',
    evaluatorVersion: '3',
    explanation,
    afterMinutes,
  })
}

export function failure(story: Story, explanation: string, afterMinutes: number): Story {
  return story.judge({
    name: 'task.outcome',
    label: 'failure',
    value: 0,
    source: 'system_of_record',
    evaluator: 'order-ledger',
    evaluatorVersion: '3',
    explanation,
    afterMinutes,
  })
}

export function policy(story: Story, label: 'pass' | 'violation', explanation: string): Story {
  return story.judge({
    name: 'policy.refund_limit',
    label,
    value: label === 'pass' ? 1 : 0,
    source: 'code',
    evaluator: 'policy-audit',
    evaluatorVersion: '2026-10',
    explanation,
    afterMinutes: 2,
  })
}
