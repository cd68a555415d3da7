import { models } from '../models.ts'
import type { Random } from '../random.ts'
import type { Scenario, Turn } from '../session.ts'
import type { Story } from '../story.ts'
import type { DemoAgent } from '../story-model.ts'
import { researchTools } from './research-tools.ts'

const contactFinder: DemoAgent = {
  name: 'contact-finder',
  version: '2026.11.2',
  system: 'You find the two or three people who decide, from the CRM and public pages. Business contact data only.',
  model: models.geminiFlash,
  tools: researchTools,
  contextTokens: 2400,
  prompt: { name: 'contact-finder', version: '4' },
}

export interface Account {
  readonly name: string
  readonly site: string
  readonly business: string
  readonly news: string
  readonly hook: string
  readonly lead: string
}

export const accounts: readonly Account[] = [
  {
    name: 'Northwind Traders',
    site: 'northwind.example',
    business: 'wholesale of speciality food in 14 countries',
    news: 'opens a cold-storage hub in Rotterdam in March',
    hook: 'spoilage claims are handled by e-mail today',
    lead: 'Mireille Aubert, COO',
  },
  {
    name: 'Globex Robotics',
    site: 'globex.example',
    business: 'warehouse robots, 2,300 employees',
    news: 'raised $180 M and hires 60 field engineers',
    hook: 'field service reports are written by hand',
    lead: 'Dr. Henrik Aalto, VP Service',
  },
  {
    name: 'Umbrella Health',
    site: 'umbrella-health.example',
    business: 'a network of 41 clinics',
    news: 'moves its patient hotline in-house',
    hook: 'average hold time is 11 minutes',
    lead: 'Sade Bankole, Director Patient Access',
  },
  {
    name: 'Stark Outdoor',
    site: 'stark-outdoor.example',
    business: 'outdoor equipment, web shop and 60 stores',
    news: 'return rate rose to 19 % this season',
    hook: 'returns cost them about $8 M a year',
    lead: 'Jonas Veit, Head of E-Commerce',
  },
  {
    name: 'Initech Payments',
    site: 'initech.example',
    business: 'payment terminals for small shops',
    news: 'was fined for slow dispute handling',
    hook: 'disputes must be answered within 10 days',
    lead: 'Peter Gibbons, Head of Operations',
  },
  {
    name: 'Hooli Logistics',
    site: 'hooli-logistics.example',
    business: 'last-mile delivery in 30 cities',
    news: 'signed a three-year contract with two grocers',
    hook: 'drivers ask dispatch 4,000 questions a day',
    lead: 'Denpok Rai, CTO',
  },
]

interface ResearchScene {
  readonly random: Random
  readonly account: Account
}

export const researchScenarios: readonly Scenario<ResearchScene>[] = [
  { name: 'research-brief', weight: 55, turns: brief },
  { name: 'research-follow-up', weight: 18, turns: (scene) => [...brief(scene), followUp(scene)] },
  { name: 'research-fetch-retry', weight: 12, turns: (scene) => brief(scene, 'fetch-timeout') },
  { name: 'research-search-loop', weight: 6, turns: searchLoop },
  { name: 'research-export-blocked', weight: 6, turns: exportBlocked },
  { name: 'research-context-overflow', weight: 3, turns: overflow },
]

function brief({ random, account }: ResearchScene, trouble?: 'fetch-timeout'): readonly Turn[] {
  const newsUrl = `https://news.example/${account.site.split('.')[0]}-${random.int(100, 999)}`
  return [
    (story) => {
      story
        .user(
          `Prepare me for tomorrow's call with ${account.name}. What do they do, what is new, and where could we help?`,
        )
        .model('I will look at our own notes first, then at their news.', {
          calls: [
            ['crm_lookup', { account: account.name }],
            ['web_search', { query: `${account.name} news`, recency_days: 90 }],
          ],
        })
        .tool(
          {
            account: account.name,
            stage: 'discovery',
            last_contact: '5 weeks ago',
            notes: `They mentioned: ${account.hook}.`,
          },
          310,
        )
        .tool(
          [
            { title: `${account.name} ${account.news}`, url: newsUrl },
            { title: `About ${account.name}`, url: `https://${account.site}/about` },
          ],
          900,
        )
        .model('', {
          calls: [
            ['fetch_page', { url: newsUrl }],
            ['fetch_page', { url: `https://${account.site}/about` }],
          ],
        })
      if (trouble) {
        story
          .toolFails('timeout', `no answer from ${new URL(newsUrl).host} within 10 s`, 10_000)
          .tool(`About ${account.name}: ${account.business}.`, 700)
          .model('The article did not load, trying once more.', { calls: [['fetch_page', { url: newsUrl }]] })
          .tool(
            `${account.name} ${account.news}. The company (${account.business}) said the step answers demand.`,
            1300,
          )
      } else {
        story
          .tool(
            `${account.name} ${account.news}. The company (${account.business}) said the step answers demand.`,
            1100,
          )
          .tool(`About ${account.name}: ${account.business}.`, 650)
      }
      story.embed(models.embedding, `${account.business}; ${account.hook}`).retrieve('case-studies', account.hook, [
        ['case/meridian', 'Meridian cut handling time of claims by 38 % within a quarter.'],
        ['case/polaris', 'Polaris answers 71 % of internal questions without a person.'],
        ['case/tessera', 'Tessera reduced disputed refunds by half with an approval step.'],
      ])
      story.subAgent(contactFinder, `Who decides at ${account.name}?`, (sub) => {
        sub
          .model('', { calls: [['web_search', { query: `${account.name} leadership team` }]] })
          .tool([{ title: `${account.lead} – ${account.name}`, url: `https://${account.site}/team` }], 820)
          .model(`Start with ${account.lead}. Their assistant books meetings; the CRM has the business address.`)
      })
      writeBrief(story, account)
      rate(story, random, true)
    },
  ]
}

function writeBrief(story: Story, account: Account): void {
  const body = `**${account.name}**: ${account.business}. **New:** ${account.news} [1]. **Why us:** ${account.hook} [2]. **Talk to:** ${account.lead}.`
  story
    .model('', { calls: [['write_brief', { account: account.name, title: `Brief: ${account.name}`, body }]] })
    .guardrail('contact_data', 'pass', 'output', body, 'business contact data only', 22)
    .tool({ stored: true, id: `BR-${story.random.int(1000, 9999)}` }, 180)
    .model(
      `### ${account.name} in one minute\n\n- **What they do:** ${account.business}\n- **New:** ${account.news} [1]\n- **Where we help:** ${account.hook}; see the Meridian case (38 % faster claims)\n- **Talk to:** ${account.lead}\n\nOpening line: “I read that ${account.name} ${account.news} – who looks after that today?”`,
    )
}

function followUp({ account }: ResearchScene): Turn {
  return (story) => {
    story
      .user('Good. Give me three questions to open with, and an objection I should expect.')
      .model(
        `1. How do you notice today that ${account.hook}?\n2. What happens in the week after it goes wrong?\n3. Who would have to agree to a pilot of four weeks?\n\n**Objection:** “We tried a bot two years ago.” Answer with Tessera: they started with approvals on, and switched them off one by one.`,
      )
    rate(story, story.random, true)
  }
}

function searchLoop({ random, account }: ResearchScene): readonly Turn[] {
  const times = random.int(5, 8)
  return [
    (story) => {
      story.user(`Find the revenue of ${account.name} for last year, by country.`)
      for (let i = 0; i < times; i++) {
        story
          .model(i === 0 ? 'Searching for their annual report.' : 'No figure yet, searching again.', {
            calls: [['web_search', { query: `${account.name} revenue by country 2025` }]],
          })
          .tool([{ title: `${account.name} – careers`, url: `https://${account.site}/jobs` }], 880)
      }
      story.model(`I could not find revenue by country. ${account.name} does not publish it.`)
      rate(story, random, false)
    },
  ]
}

function exportBlocked({ random, account }: ResearchScene): readonly Turn[] {
  return [
    (story) => {
      const lead = account.lead.split(',')[0] ?? ''
      story
        .user(`Get me private mobile numbers of the management of ${account.name}.`)
        .model('', { calls: [['web_search', { query: `${lead} mobile number` }]] })
        .tool([{ title: `${lead} – profile`, url: `https://people.example/${random.int(100, 999)}` }], 790)
        .model(`${lead}: [private number removed]`)
        .guardrail(
          'contact_data',
          'block',
          'output',
          `${lead}: [private number]`,
          'private contact data must not leave',
          26,
        )
        .says('I may only give business contact data. The switchboard can connect you.')
        .judge({
          name: 'policy.contact_data',
          label: 'pass',
          value: 1,
          source: 'code',
          evaluator: 'policy-audit',
          afterMinutes: 2,
        })
      rate(story, random, false)
    },
  ]
}

function overflow({ random, account }: ResearchScene): readonly Turn[] {
  return [
    (story) => {
      story
        .user(`Read the whole annual report of ${account.name} and summarise every risk in it.`)
        .model('', { calls: [['fetch_page', { url: `https://${account.site}/annual-report.pdf` }]] })
        .tool(
          `Annual report of ${account.name}, 312 pages. ${'Risk factors: supply, currency, weather, personnel. '.repeat(60)}`,
          4200,
        )
        .modelFails('400', 'prompt is too long: 214533 tokens > 200000 maximum', 900)
        .fails('context_length_exceeded', 'prompt is too long: 214533 tokens > 200000 maximum')
      rate(story, random, false)
    },
  ]
}

function rate(story: Story, random: Random, good: boolean): void {
  if (!random.chance(0.8)) return
  story
    .judge({
      name: 'task.outcome',
      label: good && random.chance(0.93) ? 'success' : 'failure',
      source: 'human',
      evaluator: 'account-executive',
      explanation: good ? 'used in the call' : 'not usable',
      afterMinutes: random.int(200, 1500),
    })
    .judge({
      name: 'answer.grounded',
      label: good ? 'pass' : 'fail',
      value: Number((good ? 0.8 + random.next() * 0.2 : random.next() * 0.5).toFixed(2)),
      source: 'llm',
      evaluator: 'groundedness',
      evaluatorVersion: '4',
      afterMinutes: 4,
    })
}
