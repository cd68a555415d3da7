import { models } from '../models.ts'
import type { Random } from '../random.ts'
import { type DemoCast, pickScenario, type Scenario, type SessionPlan, type Turn } from '../session.ts'
import type { Story } from '../story.ts'
import type { DemoAgent, ToolDefinition } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'

const path = { type: 'string', minLength: 1 }
const tools: readonly ToolDefinition[] = [
  {
    name: 'search_code',
    description: 'Search the repository with a regular expression.',
    parameters: objectSchema({ pattern: { type: 'string' }, glob: { type: 'string' } }, ['pattern']),
  },
  {
    name: 'read_file',
    description: 'Read a file, or a range of its lines.',
    parameters: objectSchema({ path, from: { type: 'integer' }, to: { type: 'integer' } }, ['path']),
  },
  {
    name: 'edit_file',
    description: 'Replace one text in a file by another.',
    parameters: objectSchema({ path, old: { type: 'string' }, new: { type: 'string' } }, ['path', 'old', 'new']),
  },
  {
    name: 'run_tests',
    description: 'Run the tests of a folder.',
    parameters: objectSchema({ folder: { type: 'string' } }, ['folder']),
  },
  {
    name: 'open_pull_request',
    description: 'Push the branch and open a pull request.',
    parameters: objectSchema({ title: { type: 'string' }, body: { type: 'string' } }, ['title', 'body']),
  },
]

function agentOf(random: Random): DemoAgent {
  return {
    name: 'pr-writer',
    version: '0.9.4',
    system:
      'You fix issues in a TypeScript monorepo. Read before you edit, keep changes small, run the tests of what you touched, and open a pull request only when they pass.',
    model: random.chance(0.65) ? models.gpt5mini : models.sonnet,
    tools,
    prompt: { name: 'pr-writer', version: '21' },
  }
}

interface Issue {
  readonly number: number
  readonly title: string
  readonly folder: string
  readonly file: string
  readonly cause: string
  readonly old: string
  readonly fixed: string
}

const issues: readonly Issue[] = [
  {
    number: 2214,
    title: 'Checkout total is off by a cent for some currencies',
    folder: 'packages/checkout',
    file: 'packages/checkout/src/total.ts',
    cause: 'amounts are added as floating point numbers',
    old: 'items.reduce((sum, i) => sum + i.price * i.quantity, 0)',
    fixed: 'items.reduce((sum, i) => sum + BigInt(i.priceCents) * BigInt(i.quantity), 0n)',
  },
  {
    number: 2231,
    title: 'Flaky test: session expires at midnight',
    folder: 'packages/auth',
    file: 'packages/auth/src/session.test.ts',
    cause: 'the test uses the real clock',
    old: 'const now = new Date()',
    fixed: "const now = new Date('2026-03-01T12:00:00Z')",
  },
  {
    number: 2240,
    title: 'Search shows deleted products',
    folder: 'packages/search',
    file: 'packages/search/src/index-products.ts',
    cause: 'the index keeps documents whose product was archived',
    old: 'products.map(toDocument)',
    fixed: 'products.filter((p) => !p.archivedAt).map(toDocument)',
  },
  {
    number: 2252,
    title: 'Invoice PDF cuts long company names',
    folder: 'packages/invoices',
    file: 'packages/invoices/src/layout.ts',
    cause: 'the name box has a fixed width',
    old: 'width: 180',
    fixed: "width: 'fill', maxLines: 3",
  },
  {
    number: 2263,
    title: 'Webhook retries forever after 410 Gone',
    folder: 'packages/webhooks',
    file: 'packages/webhooks/src/retry.ts',
    cause: 'every status over 399 is retried',
    old: 'if (status >= 400) retry()',
    fixed: 'if (status >= 500 || status === 429) retry()',
  },
  {
    number: 2270,
    title: 'Postcode check refuses Northern Ireland',
    folder: 'packages/address',
    file: 'packages/address/src/postcode.ts',
    cause: 'the pattern knows no BT area',
    old: '/^(?!BT)[A-Z]{1,2}/',
    fixed: '/^[A-Z]{1,2}/',
  },
]

interface Scene {
  readonly random: Random
  readonly issue: Issue
}

const scenarios: readonly Scenario<Scene>[] = [
  { name: 'pr-merged', weight: 48, turns: (scene) => fix(scene) },
  { name: 'pr-test-fix-test', weight: 20, turns: (scene) => fix(scene, 'first-fix-fails') },
  { name: 'pr-review-round', weight: 10, turns: (scene) => [...fix(scene), review(scene)] },
  { name: 'pr-gave-up', weight: 9, turns: testLoop },
  { name: 'pr-invalid-edit', weight: 6, turns: (scene) => fix(scene, 'edit-without-path') },
  { name: 'pr-secret-blocked', weight: 4, turns: secret },
  { name: 'pr-push-denied', weight: 3, turns: (scene) => fix(scene, 'push-denied') },
]

export const prWriter: DemoCast = {
  name: 'pr-writer',
  weight: 14,
  scenarios: scenarios.map(({ name }) => name),
  plan(random): SessionPlan {
    const scene = { random, issue: random.pick(issues) }
    const scenario = pickScenario(random, scenarios)
    return {
      scenario: scenario.name,
      dialect: 'vercel-ai',
      agent: agentOf(random),
      context: {
        service: 'pr-writer',
        team: 'platform',
        costCenter: 'cc-1700',
        environment: 'production',
        customer: 'internal',
        user: random.pick(['dev-aiko', 'dev-bruno', 'dev-carla', 'dev-deniz', 'dev-emil']),
        sessionId: `issue-${scene.issue.number}-${random.hex(6)}`,
        workflow: 'fix-issue',
        limits: { usd: 2, seconds: 1800 },
        attributes: { 'recount.outcome.key': `PR-${random.int(3000, 9999)}`, repository: 'shop/monorepo' },
      },
      turns: scenario.turns(scene),
    }
  },
}

type Trouble = 'first-fix-fails' | 'edit-without-path' | 'push-denied'

function fix({ random, issue }: Scene, trouble?: Trouble): readonly Turn[] {
  return [
    (story) => {
      explore(story, issue)
      const edit = { path: issue.file, old: issue.old, new: issue.fixed }
      if (trouble === 'edit-without-path') {
        story
          .model(`The cause: ${issue.cause}.`, { calls: [['edit_file', { old: issue.old, new: issue.fixed }]] })
          .toolFails('invalid_arguments', 'path is required', 6)
          .model('I forgot the path.', { calls: [['edit_file', edit]] })
          .tool('1 replacement', 30)
      } else {
        story
          .model(`The cause: ${issue.cause}.`, {
            think: `${issue.cause}; the smallest change is one line.`,
            calls: [['edit_file', edit]],
          })
          .tool('1 replacement', 30)
      }
      runTests(story, issue, trouble === 'first-fix-fails' ? 2 : 0)
      const title = `Fix #${issue.number}: ${issue.title.toLowerCase()}`
      story.model('All green. I am opening the pull request.', {
        calls: [['open_pull_request', { title, body: `Cause: ${issue.cause}. The change is one line, with a test.` }]],
      })
      if (trouble === 'push-denied') {
        story
          .approval('open_pull_request', 'denied', 'carla@platform', 'release freeze until Monday', random.int(60, 900))
          .toolFails('denied', 'push was declined: release freeze until Monday', 20)
          .model('The change is ready on a branch; the push was declined because of the release freeze.')
          .judge({
            name: 'task.outcome',
            label: 'failure',
            source: 'system_of_record',
            evaluator: 'git-host',
            explanation: 'no pull request',
            afterMinutes: 1000,
          })
        return
      }
      story
        .approval(
          'open_pull_request',
          'approved',
          random.pick(['carla@platform', 'emil@platform']),
          '',
          random.int(8, 300),
        )
        .tool({ number: random.int(3000, 9999), checks: 'running' }, 1400)
        .model(
          `I opened **${title}**. ${issue.cause[0]?.toUpperCase()}${issue.cause.slice(1)}; the fix is one line in \`${issue.file}\`, and a test covers it.`,
        )
        .judge({ name: 'ci.passed', label: 'pass', value: 1, source: 'code', evaluator: 'ci', afterMinutes: 12 })
      const merged = random.chance(0.88)
      story.judge({
        name: 'task.outcome',
        label: merged ? 'success' : 'failure',
        source: 'system_of_record',
        evaluator: 'git-host',
        explanation: merged ? 'merged' : 'closed without merging',
        afterMinutes: random.int(120, 1600),
      })
    },
  ]
}

function explore(story: Story, issue: Issue): void {
  const name = issue.file.split('/').at(-1) ?? ''
  story
    .user(`Issue #${issue.number}: ${issue.title}. Please fix it and open a pull request.`)
    .model('I will find where this happens.', {
      calls: [['search_code', { pattern: issue.old.slice(0, 18), glob: `${issue.folder}/**/*.ts` }]],
    })
    .tool(`${issue.file}:42:  ${issue.old}`, 140)
    .model('', {
      calls: [
        ['read_file', { path: issue.file }],
        ['search_code', { pattern: name.replace('.ts', ''), glob: '**/*.test.ts' }],
      ],
    })
    .tool(`// ${name}\nexport function example() {\n  return ${issue.old}\n}\n`, 25)
    .tool(`${issue.folder}/src/${name.replace('.ts', '.test.ts')}:7: import`, 120)
}

/** The tests, with `failures` rounds in which they fail first. */
function runTests(story: Story, issue: Issue, failures: number): void {
  for (let i = 0; i < failures; i++) {
    story
      .model('', { calls: [['run_tests', { folder: issue.folder }]] })
      .tool(`FAIL ${issue.folder} · 1 failed, 37 passed\n  expected 3 lines, received 4`, 21_000)
      .model('One snapshot still has the old value. I will update it with the reason in the test name.', {
        think: 'The failure is the expected consequence of the fix.',
        calls: [
          ['edit_file', { path: issue.file.replace(/(\.test)?\.ts$/, '.test.ts'), old: 'toBe(4)', new: 'toBe(3)' }],
        ],
      })
      .tool('1 replacement', 28)
  }
  story
    .model('', { calls: [['run_tests', { folder: issue.folder }]] })
    .tool(`PASS ${issue.folder} · 38 passed in 19.4 s`, 20_000)
}

function review({ random, issue }: Scene): Turn {
  return (story) => {
    story
      .user('Review: please add a line to the changelog and use a named constant.')
      .model('', { calls: [['read_file', { path: 'CHANGELOG.md', to: 20 }]] })
      .tool('# Changelog\n\n## Unreleased\n', 20)
      .model('', {
        calls: [
          [
            'edit_file',
            {
              path: 'CHANGELOG.md',
              old: '## Unreleased\n',
              new: `## Unreleased\n- ${issue.title} (#${issue.number})\n`,
            },
          ],
          ['edit_file', { path: issue.file, old: issue.fixed, new: `/* see #${issue.number} */ ${issue.fixed}` }],
        ],
      })
      .tool('1 replacement', 25)
      .tool('1 replacement', 25)
    runTests(story, issue, 0)
    story.model('Both done, tests are green, the branch is pushed.').judge({
      name: 'task.outcome',
      label: 'success',
      source: 'system_of_record',
      evaluator: 'git-host',
      explanation: 'merged after review',
      afterMinutes: random.int(60, 900),
    })
  }
}

function testLoop({ random, issue }: Scene): readonly Turn[] {
  const rounds = random.int(4, 7)
  return [
    (story) => {
      explore(story, issue)
      for (let i = 0; i < rounds; i++) {
        story
          .model(i === 0 ? 'Running the tests to see it fail.' : 'Running them again.', {
            calls: [['run_tests', { folder: issue.folder }]],
          })
          .tool(`FAIL ${issue.folder} · cannot connect to postgres at localhost:5432`, 31_000)
      }
      story.model('The tests need a database that I cannot reach. I am stopping here without a change.').judge({
        name: 'task.outcome',
        label: 'failure',
        source: 'code',
        evaluator: 'run-supervisor',
        explanation: 'no change, tests could not run',
        afterMinutes: 1,
      })
    },
  ]
}

function secret({ issue }: Scene): readonly Turn[] {
  return [
    (story) => {
      explore(story, issue)
      story
        .model('I will add the key that the test needs.', {
          calls: [['edit_file', { path: '.env', old: 'STRIPE_KEY=', new: 'STRIPE_KEY=[live key removed]' }]],
        })
        .guardrail(
          'secret_scan',
          'block',
          'tool_call',
          'edit_file .env',
          'a live payment key must not be written to the repository',
          14,
        )
        .toolFails('blocked', 'blocked by secret_scan', 4)
        .model(
          'That edit was blocked: it would have written a live key. I am leaving the change without it; the test needs a test key from the vault.',
        )
        .judge({
          name: 'policy.secrets',
          label: 'pass',
          value: 1,
          source: 'code',
          evaluator: 'policy-audit',
          afterMinutes: 1,
        })
        .judge({
          name: 'task.outcome',
          label: 'escalated',
          source: 'human',
          evaluator: 'platform-team',
          explanation: 'a developer finished it',
          afterMinutes: 240,
        })
    },
  ]
}
