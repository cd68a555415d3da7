import { models } from '../models.ts'
import { customers, person } from '../people.ts'
import type { Random } from '../random.ts'
import { type DemoCast, pickScenario, type Scenario, type SessionPlan, type Turn } from '../session.ts'
import type { DemoAgent } from '../story-model.ts'

/** Runs on a model of its own hardware, which no price book knows: its calls stay unpriced until somebody says what they cost. */
const agent: DemoAgent = {
  name: 'kb-assistant',
  version: '5.1.0',
  system: 'You answer questions from the handbook. Quote the page. If the handbook does not say it, say so.',
  model: models.local,
  tools: [],
  contextTokens: 1800,
  prompt: { name: 'handbook', version: '3' },
}

interface Question {
  readonly question: string
  readonly pages: readonly (readonly [string, string])[]
  readonly answer: string
  readonly followUp: readonly [string, string]
}

const questions: readonly Question[] = [
  {
    question: 'How many days may I work from abroad?',
    pages: [
      ['handbook/remote#abroad', 'Up to 30 working days a year within the EU and the UK, after registering the trip.'],
      ['handbook/remote#tax', 'Longer stays need a check by payroll.'],
    ],
    answer:
      'Up to **30 working days a year** within the EU and the UK. Register the trip first (handbook/remote#abroad).',
    followUp: [
      'And outside the EU?',
      'The handbook covers the EU and the UK only; for anything else ask payroll first (handbook/remote#tax).',
    ],
  },
  {
    question: 'What is the daily allowance for travel to Switzerland?',
    pages: [
      ['handbook/travel#rates', 'Switzerland: 64 CHF a day, 43 CHF on days of arrival and departure.'],
      ['handbook/travel#receipts', 'Receipts are needed above 25 EUR.'],
    ],
    answer: '**64 CHF** a day, **43 CHF** on the days you arrive and leave (handbook/travel#rates).',
    followUp: [
      'Do I need receipts for meals?',
      'Not within the allowance. Single expenses above 25 EUR need one (handbook/travel#receipts).',
    ],
  },
  {
    question: 'Who approves a laptop with more than 32 GB of memory?',
    pages: [
      ['handbook/it#hardware', 'Machines beyond the standard list are approved by the head of the department.'],
      ['handbook/it#standard', 'Standard: 14 inch, 32 GB, 1 TB.'],
    ],
    answer: 'The **head of your department**; everything up to 32 GB is standard (handbook/it#hardware).',
    followUp: [
      'How long does delivery take?',
      'The handbook does not say how long delivery takes. The IT desk will know.',
    ],
  },
  {
    question: 'How do I report a security incident on a weekend?',
    pages: [
      ['handbook/security#incident', 'Call the duty phone, day and night, then write to security@.'],
      ['handbook/security#dont', 'Do not switch the machine off.'],
    ],
    answer:
      'Call the **duty phone**, day and night, then write to security@. Leave the machine on (handbook/security#incident, #dont).',
    followUp: ['Even for a lost badge?', 'Yes: a lost badge counts as an incident (handbook/security#incident).'],
  },
]

interface Scene {
  readonly random: Random
  readonly asked: Question
}

const scenarios: readonly Scenario<Scene>[] = [
  { name: 'kb-answer', weight: 62, turns: (scene) => [answer(scene)] },
  { name: 'kb-conversation', weight: 18, turns: (scene) => [answer(scene), followUp(scene)] },
  { name: 'kb-ungrounded', weight: 9, turns: ungrounded },
  { name: 'kb-nothing-found', weight: 7, turns: nothingFound },
  { name: 'kb-model-oom', weight: 4, turns: outOfMemory },
]

export const kbAssistant: DemoCast = {
  name: 'kb-assistant',
  weight: 16,
  scenarios: scenarios.map(({ name }) => name),
  plan(random): SessionPlan {
    const scene = { random, asked: random.pick(questions) }
    const scenario = pickScenario(random, scenarios)
    return {
      scenario: scenario.name,
      dialect: 'openinference',
      agent,
      context: {
        service: 'kb-assistant',
        team: 'people-ops',
        costCenter: 'cc-9100',
        environment: random.chance(0.25) ? 'staging' : 'production',
        customer: random.pick([...customers.slice(0, 2), 'internal']),
        user: person(random).id,
        sessionId: `ask-${random.hex(8)}`,
        workflow: 'handbook-questions',
      },
      turns: scenario.turns(scene),
    }
  },
}

function answer({ random, asked }: Scene): Turn {
  return (story) => {
    story
      .user(asked.question)
      .guardrail('off_topic', 'pass', 'input', asked.question, 'about the company', 12)
      .embed(models.embedding, asked.question)
      .retrieve('handbook', asked.question, asked.pages, 70)
      .model(asked.answer)
      .guardrail('grounded', 'pass', 'output', asked.answer, 'every sentence has a source', 45)
    verdict(story, random, true)
  }
}

function followUp({ random, asked }: Scene): Turn {
  return (story) => {
    const [question, reply] = asked.followUp
    story
      .user(question)
      .guardrail('off_topic', 'pass', 'input', question, 'about the company', 12)
      .embed(models.embedding, question)
      .retrieve('handbook', question, asked.pages, 70)
      .model(reply)
    verdict(story, random, true)
  }
}

function ungrounded({ random, asked }: Scene): readonly Turn[] {
  return [
    (story) => {
      const invented = `${asked.answer.split('(')[0]} There is also a bonus of 500 EUR for this, paid in December.`
      story
        .user(asked.question)
        .embed(models.embedding, asked.question)
        .retrieve('handbook', asked.question, asked.pages, 70)
        .model(invented)
        .guardrail(
          'grounded',
          random.chance(0.7) ? 'flag' : 'pass',
          'output',
          invented,
          'the last sentence has no source',
          47,
        )
      verdict(story, random, false)
    },
  ]
}

function nothingFound({ random }: Scene): readonly Turn[] {
  const question = random.pick([
    'What was our revenue last quarter?',
    'Can you write my vacation request to Tom for me?',
    'Which stocks should I buy?',
  ])
  const offTopic = question.includes('stocks')
  return [
    (story) => {
      story
        .user(question)
        .guardrail(
          'off_topic',
          offTopic ? 'block' : 'pass',
          'input',
          question,
          offTopic ? 'not about the company' : 'about the company',
          13,
        )
      if (offTopic) story.says('I only answer questions about our handbook.')
      else
        story
          .embed(models.embedding, question)
          .retrieve('handbook', question, [], 60)
          .model('The handbook does not say anything about that. Please ask the people team.')
      verdict(story, random, true)
    },
  ]
}

function outOfMemory({ asked }: Scene): readonly Turn[] {
  return [
    (story) => {
      story
        .user(asked.question)
        .embed(models.embedding, asked.question)
        .retrieve('handbook', asked.question, asked.pages, 70)
        .modelFails('500', 'CUDA out of memory', 2400)
        .fails('model_error', 'CUDA out of memory')
        .judge({
          name: 'task.outcome',
          label: 'infra_error',
          source: 'code',
          evaluator: 'run-supervisor',
          explanation: 'the local model ran out of memory',
          afterMinutes: 1,
        })
    },
  ]
}

function verdict(story: Parameters<Turn>[0], random: Random, good: boolean): void {
  story.judge({
    name: 'answer.grounded',
    label: good ? 'pass' : 'fail',
    value: Number((good ? 0.82 + random.next() * 0.18 : random.next() * 0.45).toFixed(2)),
    source: 'llm',
    evaluator: 'groundedness',
    evaluatorVersion: '4',
    afterMinutes: 2,
  })
  if (random.chance(0.6))
    story.judge({
      name: 'task.outcome',
      label: good && random.chance(0.95) ? 'success' : 'failure',
      source: 'human',
      evaluator: 'thumbs',
      afterMinutes: random.int(1, 90),
    })
}
