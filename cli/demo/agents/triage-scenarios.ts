import { money, type Person } from '../people.ts'
import type { Random } from '../random.ts'
import type { Scenario, Turn } from '../session.ts'
import type { Story } from '../story.ts'
import { billing, shipping } from './triage-specialists.ts'

interface TriageScene {
  readonly random: Random
  readonly user: Person
}

export const triageScenarios: readonly Scenario<TriageScene>[] = [
  { name: 'triage-billing', weight: 34, turns: doubleCharge },
  { name: 'triage-shipping', weight: 34, turns: lostParcel },
  { name: 'triage-billing-invalid', weight: 6, turns: wrongInvoiceId },
  { name: 'triage-escalated', weight: 10, turns: angry },
  { name: 'triage-ping-pong', weight: 5, turns: pingPong },
  { name: 'triage-toxic-flagged', weight: 5, turns: toxic },
  { name: 'triage-rate-limited', weight: 6, turns: rateLimited },
]

function receive(story: Story, message: string): Story {
  return story
    .user(message)
    .guardrail('toxicity', 'pass', 'input', message, `score ${(story.random.next() * 0.3).toFixed(2)}`, 29)
}

function route(story: Story, queue: string, urgent = false): Story {
  return story.model('', { calls: [['classify', { queue, language: 'en', urgent }]] }).tool({ stored: true }, 40)
}

function settle(story: Story, label: 'success' | 'failure' | 'escalated', explanation: string): void {
  story.judge({
    name: 'task.outcome',
    label,
    source: 'system_of_record',
    evaluator: 'helpdesk',
    evaluatorVersion: '5',
    explanation,
    afterMinutes: story.random.int(60, 1300),
  })
}

function doubleCharge({ random, user }: TriageScene): readonly Turn[] {
  const invoice = `INV-${random.int(20_000, 29_999)}`
  const amount = random.int(9, 79)
  return [
    (story) => {
      receive(
        story,
        random.pick([
          `I was charged twice on ${invoice}. Please fix this.`,
          `Why is there a second line of ${money(amount)} on invoice ${invoice}?`,
        ]),
      )
      route(story, 'billing')
      story.subAgent(billing, `${user.name} sees a double charge on ${invoice}.`, (sub) => {
        sub
          .model('Let me open the invoice.', { calls: [['get_invoice', { invoice_id: invoice }]] })
          .tool(
            {
              invoice_id: invoice,
              lines: [
                { item: 'Plan Plus', usd: amount },
                { item: 'Plan Plus', usd: amount },
              ],
            },
            230,
          )
          .model('', { calls: [['apply_credit', { account_id: `AC-${user.id}`, amount_usd: amount }]] })
          .guardrail('credit_limit', 'pass', 'tool_call', `apply_credit ${amount}`, 'within $100', 3)
          .tool({ credited: amount }, 280)
          .model(
            `You are right, Plan Plus is on ${invoice} twice. I have credited ${money(amount)}; it is taken off your next invoice.`,
          )
      })
      settle(story, 'success', 'closed, not reopened')
    },
  ]
}

function lostParcel({ random }: TriageScene): readonly Turn[] {
  const tracking = `TRK${random.int(100_000, 999_999)}`
  const lost = random.chance(0.4)
  return [
    (story) => {
      receive(
        story,
        random.pick([
          `My parcel ${tracking} has not moved for four days.`,
          `Tracking ${tracking} says delivered but nothing is here.`,
        ]),
      )
      route(story, 'shipping')
      story.subAgent(shipping, `Parcel ${tracking} is late or missing.`, (sub) => {
        sub.model('', { calls: [['track_parcel', { tracking_id: tracking }]] })
        if (random.chance(0.15))
          sub
            .toolFails('502', 'carrier gateway answered 502', 900)
            .model('', { calls: [['track_parcel', { tracking_id: tracking }]] })
        sub.tool({ status: lost ? 'no scan for 96 h' : 'out for delivery', place: 'Depot Leipzig' }, 510)
        if (lost)
          sub
            .model('', { calls: [['open_carrier_case', { tracking_id: tracking, note: 'no scan for four days' }]] })
            .tool({ case: `C-${random.int(1000, 9999)}` }, 330)
        sub.model(
          lost
            ? 'The carrier has not scanned your parcel for four days. I have opened a search; you hear from us within two days, and if it stays lost we send a new one.'
            : 'Good news: your parcel left the depot in Leipzig this morning and arrives today.',
        )
      })
      settle(story, lost && random.chance(0.25) ? 'failure' : 'success', lost ? 'carrier case closed' : 'delivered')
    },
  ]
}

function wrongInvoiceId({ random }: TriageScene): readonly Turn[] {
  const number = random.int(20_000, 29_999)
  return [
    (story) => {
      receive(story, `Please send me invoice ${number} again.`)
      route(story, 'billing')
      story.subAgent(billing, `Resend invoice ${number}.`, (sub) => {
        sub
          .model('', { calls: [['get_invoice', { invoice_id: String(number) }]] })
          .toolFails('invalid_arguments', 'invoice_id must match ^INV-[0-9]+$', 4)
          .model('', { calls: [['get_invoice', { invoice_id: `INV-${number}` }]] })
          .tool({ invoice_id: `INV-${number}`, sent_to: 'account owner' }, 240)
          .model(`Invoice INV-${number} is in the mailbox of your account owner.`)
      })
      settle(story, 'success', 'closed')
    },
  ]
}

function angry({ random, user }: TriageScene): readonly Turn[] {
  return [
    (story) => {
      receive(
        story,
        random.pick([
          'Your collections letter is a mistake and I will sue you.',
          'I have asked three times for my data to be deleted. My lawyer is in copy.',
        ]),
      )
      route(story, 'billing', true)
      story.subAgent(billing, `${user.name} threatens legal action.`, (sub) => {
        sub
          .model('This needs a person.', {
            calls: [['transfer_to_human_agents', { summary: `${user.name}: legal threat, urgent` }]],
          })
          .tool({ queue: 'legal-desk' }, 120)
          .model('I have passed your message to our legal desk. A person answers you today.')
      })
      story.judge({
        name: 'escalation',
        label: 'escalated',
        value: 1,
        source: 'human',
        evaluator: 'qa-review',
        afterMinutes: 1000,
        attributes: { 'recount.escalation.did': true, 'recount.escalation.expected': true },
      })
      settle(story, 'escalated', 'taken over by legal-desk')
    },
  ]
}

/** Two agents that each think the other is responsible. */
function pingPong({ random }: TriageScene): readonly Turn[] {
  const rounds = random.int(2, 3)
  return [
    (story) => {
      receive(story, 'I paid customs duty for a parcel that was billed including duty. Who gives it back?')
      for (let i = 0; i < rounds; i++) {
        route(story, 'shipping')
        story.subAgent(
          shipping,
          'Customs duty was paid twice.',
          (sub) => void sub.model('Duty is a matter of the invoice; this belongs to billing.'),
        )
        route(story, 'billing')
        story.subAgent(
          billing,
          'Customs duty was paid twice.',
          (sub) => void sub.model('The carrier collected it; this belongs to shipping.'),
        )
      }
      story.model('Your message is being looked at.')
      settle(story, 'failure', 'reopened by the customer')
    },
  ]
}

function toxic({ random }: TriageScene): readonly Turn[] {
  const blocked = random.chance(0.4)
  return [
    (story) => {
      story
        .user('You people are useless [insult removed]. Where is my parcel?')
        .guardrail(
          'toxicity',
          blocked ? 'escalate' : 'flag',
          'input',
          'You people are useless …',
          `score ${blocked ? '0.94' : '0.71'}`,
          31,
        )
      if (blocked) {
        story.says('A colleague will answer you.')
        settle(story, 'escalated', 'handled by a person')
        return
      }
      route(story, 'shipping', true)
      story.subAgent(
        shipping,
        'Upset customer asks for a parcel without a number.',
        (sub) =>
          void sub.model(
            'I am sorry for the wait. Please send me the tracking number from your confirmation, and I will find it.',
          ),
      )
      settle(story, 'success', 'parcel found')
    },
  ]
}

function rateLimited({ random, user }: TriageScene): readonly Turn[] {
  return [
    (story) => {
      receive(story, 'Can I change the e-mail address of my account?')
      for (let i = 0; i < random.int(1, 2); i++)
        story.modelFails('429', 'Rate limit reached for gpt-4.1-mini on requests per min', 300).pause(1800)
      route(story, 'account')
      story.model(`${user.name} wants to change the e-mail address; the self-service link was sent.`)
      settle(story, 'success', 'closed')
    },
  ]
}
