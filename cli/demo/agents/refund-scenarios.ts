import { approvers, money } from '../people.ts'
import type { Scenario, Turn } from '../session.ts'
import { hardRefundScenarios } from './refund-scenarios-hard.ts'
import { fraudCheck, type RefundScene, type RefundVersion } from './refund-scene.ts'
import { ask, openOrder, policy, readPolicy, success } from './refund-steps.ts'

/** What happens at the refund desk, by version: v14 fails more often, and in one way that the versions before never did. */
export function refundScenarios(version: RefundVersion): readonly Scenario<RefundScene>[] {
  const flawed = version === 'v14'
  return [
    { name: 'refund-small', weight: 22, turns: smallRefund },
    { name: 'refund-approved', weight: 13, turns: approvedRefund },
    { name: 'refund-where-is-it', weight: 12, turns: whereIsIt },
    { name: 'refund-exchange', weight: 9, turns: exchange },
    { name: 'refund-return-label', weight: 9, turns: returnLabel },
    ...hardRefundScenarios(flawed),
  ]
}

function smallRefund({ random, order, user }: RefundScene): readonly Turn[] {
  const complaint = random.pick([
    `My ${order.item} arrived with a crack in it. Order ${order.id}. I'd like my money back.`,
    `Hi, order ${order.id}: the ${order.item} is not what I ordered, I got a different colour. Please refund me.`,
    `The ${order.item} (order ${order.id}) stopped working after two days. Can I get a refund?`,
    `Bonjour, my ${order.item} was left in the rain by ${order.carrier} and is ruined. Order number ${order.id}.`,
  ])
  const first: Turn = (story) => {
    ask(story, complaint)
    if (random.chance(0.12))
      story.modelFails('429', 'Rate limit reached for gpt-4.1 on tokens per min', 700).pause(1500)
    openOrder(story, { order })
    readPolicy(story, `refund for a damaged ${order.item}`)
    story
      .model('', {
        calls: [['issue_refund', { order_id: order.id, amount_usd: order.amount, reason: 'damaged on arrival' }]],
      })
      .guardrail(
        'refund_limit',
        'pass',
        'tool_call',
        `issue_refund ${order.amount}`,
        `${money(order.amount)} is within the limit of $200.00`,
      )
      .tool({ refund_id: `R-${random.int(10_000, 99_999)}`, amount_usd: order.amount, status: 'issued' }, 410)
      .model(
        random.pick([
          `I'm sorry about that, ${user.name.split(' ')[0]}. I have refunded **${money(order.amount)}** to your card; it arrives in 3–5 business days. You don't need to send the ${order.item} back.`,
          `Done: ${money(order.amount)} is on its way back to you and should show up within 3–5 business days. Sorry for the trouble with the ${order.item}!`,
        ]),
      )
    policy(
      success(story, `${money(order.amount)} refunded and not disputed`, random.int(90, 300)),
      'pass',
      'within the limit',
    )
  }
  return random.chance(0.5) ? [first, thanks(order.id)] : [first]
}

function thanks(orderId: string): Turn {
  return (story) => {
    ask(
      story,
      story.random.pick([
        'Great, thank you!',
        'That was quick, thanks a lot.',
        'Perfect. Will I get an e-mail about it?',
      ]),
    ).model(`You're welcome! A confirmation for order ${orderId} is in your inbox. Anything else I can do?`)
    success(story, 'closed by the customer', 180)
  }
}

function approvedRefund({ random, large: order, user }: RefundScene): readonly Turn[] {
  const approver = random.pick(approvers)
  return [
    (story) => {
      ask(story, `The item arrived damaged, I want my money back. Order ${order.id}, it was ${order.amount} dollars.`)
      openOrder(story, { order })
      readPolicy(story, 'refunds over $200 need approval')
      story
        .model(
          `I can see your ${order.item} for ${money(order.amount)}. A refund of that size needs a colleague's approval; I am asking now.`,
          {
            calls: [['issue_refund', { order_id: order.id, amount_usd: order.amount, reason: 'damaged on arrival' }]],
          },
        )
        .guardrail(
          'refund_limit',
          'flag',
          'tool_call',
          `issue_refund ${order.amount}`,
          `amount ${order.amount} is over 200: approval required`,
        )
        .approval(
          'issue_refund',
          'approved',
          approver,
          random.pick(['ok, goodwill', 'photo checked, go ahead', 'fine, loyal customer']),
          random.int(25, 240),
        )
        .tool({ refund_id: `R-${random.int(10_000, 99_999)}`, amount_usd: order.amount, status: 'issued' }, 480)
      const verdict = story.subAgent(
        fraudCheck,
        `Check the refund of ${money(order.amount)} for user ${user.id}, order ${order.id}.`,
        (sub) => {
          sub
            .model('', {
              calls: [
                ['refund_history', { user_id: user.id }],
                ['device_risk', { user_id: user.id }],
              ],
            })
            .tool({ refunds_12m: random.int(0, 2), chargebacks: 0 }, 180)
            .tool({ score: Number((random.next() * 0.3).toFixed(2)), known_device: true }, 140)
            .model('No finding: two orders a year, no chargebacks, a device we have known for months.')
        },
      )
      story.model(
        `Your refund of **${money(order.amount)}** has been approved and issued. You will see it in 3–5 days.`,
      )
      policy(
        success(story, `refund settled; ${verdict.slice(0, 10).toLowerCase()}`, random.int(100, 400)),
        'pass',
        `approved by ${approver}`,
      )
    },
  ]
}

function whereIsIt({ random, order }: RefundScene): readonly Turn[] {
  return [
    (story) => {
      ask(
        story,
        random.pick([
          `Where is my refund for order ${order.id}? It has been a week.`,
          `I returned ${order.id} last Monday and still have no money.`,
        ]),
      )
      openOrder(story, { order }, '')
      readPolicy(story, 'how long does a refund take')
      story.model(
        `Your refund of ${money(order.amount)} for the ${order.item} was issued ${random.int(1, 3)} days ago. Banks need 3–5 business days, so it should arrive by ${random.pick(['Tuesday', 'Thursday', 'Friday'])}. If it doesn't, write to me and I will chase it.`,
      )
      success(story, 'no further contact within a day', 1440)
    },
  ]
}

function exchange({ random, order }: RefundScene): readonly Turn[] {
  const sku = `SKU-${random.int(1000, 9999)}`
  return [
    (story) => {
      ask(
        story,
        `I got the wrong size of the ${order.item}, order ${order.id}. Could you send me the right one instead of a refund?`,
      )
      openOrder(story, { order })
      story
        .model('', {
          calls: [
            ['create_exchange', { order_id: order.id, sku }],
            ['create_return_label', { order_id: order.id, carrier: order.carrier }],
          ],
        })
        .tool({ exchange_id: `X-${random.int(1000, 9999)}`, sku, ships: 'tomorrow' }, 380)
        .tool({ label_id: `L-${random.int(1000, 9999)}`, sent: true }, 260)
        .model(
          `The right ${order.item} ships tomorrow, and the ${order.carrier} label for the wrong one is in your inbox. Drop it off within 14 days.`,
        )
      success(story, 'exchange delivered', random.int(600, 1400))
    },
  ]
}

function returnLabel({ random, order }: RefundScene): readonly Turn[] {
  return [
    (story) => {
      ask(story, `How can I send back the ${order.item} from order ${order.id}? I changed my mind.`)
      openOrder(story, { order })
      readPolicy(story, 'return because the customer changed their mind')
      story.model('', { calls: [['create_return_label', { order_id: order.id, carrier: order.carrier }]] })
      if (random.chance(0.3)) {
        story
          .toolFails('timeout', `${order.carrier} label service did not answer within 5 s`, 5000)
          .model('', { calls: [['create_return_label', { order_id: order.id, carrier: order.carrier }]] })
      }
      story
        .tool({ label_id: `L-${random.int(1000, 9999)}`, sent: true }, 350)
        .model(
          `I have e-mailed you a prepaid ${order.carrier} label. As soon as the parcel is scanned, ${money(order.amount)} goes back to your card.`,
        )
      success(story, 'parcel scanned', random.int(900, 2000))
    },
  ]
}
