import type { Random } from '../random.ts'
import type { Scenario, Turn } from '../session.ts'
import type { Story } from '../story.ts'
import type { Issue } from './pr-issues.ts'

interface PrScene {
  readonly random: Random
  readonly issue: Issue
}

export const prScenarios: readonly Scenario<PrScene>[] = [
  { name: 'pr-merged', weight: 48, turns: (scene) => fix(scene) },
  { name: 'pr-test-fix-test', weight: 20, turns: (scene) => fix(scene, 'first-fix-fails') },
  { name: 'pr-review-round', weight: 10, turns: (scene) => [...fix(scene), review(scene)] },
  { name: 'pr-gave-up', weight: 9, turns: testLoop },
  { name: 'pr-invalid-edit', weight: 6, turns: (scene) => fix(scene, 'edit-without-path') },
  { name: 'pr-secret-blocked', weight: 4, turns: secret },
  { name: 'pr-push-denied', weight: 3, turns: (scene) => fix(scene, 'push-denied') },
]

type Trouble = 'first-fix-fails' | 'edit-without-path' | 'push-denied'

function fix({ random, issue }: PrScene, trouble?: Trouble): readonly Turn[] {
  return [
    (story) => {
      explore(story, issue)
      const edit = { path: issue.file, old: issue.old, new: issue.fixed }
      if (trouble === 'edit-without-path') {
        story
          .model(`The cause: ${issue.cause}.`, { calls: [['edit_file', { old: issue.old, new: issue.fixed }]] })
          .toolFails('invalid_arguments', 'path is required', 6)
          .model('I forgot the path.', { calls: [['edit_file', edit]] })
          .guardrail('secret_scan', 'pass', 'tool_call', 'edit_file', 'no secret found', 6)
          .tool('1 replacement', 30)
      } else {
        story
          .model(`The cause: ${issue.cause}.`, {
            think: `${issue.cause}; the smallest change is one line.`,
            calls: [['edit_file', edit]],
          })
          .guardrail('secret_scan', 'pass', 'tool_call', 'edit_file', 'no secret found', 6)
          .tool('1 replacement', 30)
      }
      runTests(story, issue, trouble === 'first-fix-fails' ? 1 : 0)
      const title = `Fix #${issue.number}: ${issue.title}`
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
    .tool(`// ${name}, lines 38–46\n  …\n  ${issue.old}\n  …\n`, 25)
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
      .guardrail('secret_scan', 'pass', 'tool_call', 'edit_file', 'no secret found', 6)
      .tool('1 replacement', 28)
  }
  story
    .model('', { calls: [['run_tests', { folder: issue.folder }]] })
    .tool(`PASS ${issue.folder} · 38 passed in 19.4 s`, 20_000)
}

function review({ random, issue }: PrScene): Turn {
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
      .guardrail('secret_scan', 'pass', 'tool_call', 'edit_file', 'no secret found', 6)
      .tool('1 replacement', 25)
      .guardrail('secret_scan', 'pass', 'tool_call', 'edit_file', 'no secret found', 6)
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

function testLoop({ random, issue }: PrScene): readonly Turn[] {
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

function secret({ issue }: PrScene): readonly Turn[] {
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
