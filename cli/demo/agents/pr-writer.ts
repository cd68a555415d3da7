import { models } from '../models.ts'
import type { Random } from '../random.ts'
import { type DemoCast, pickScenario, type SessionPlan } from '../session.ts'
import type { DemoAgent, ToolDefinition } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'
import { issues } from './pr-issues.ts'
import { prScenarios } from './pr-scenarios.ts'

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
    contextTokens: 21000,
    prompt: { name: 'pr-writer', version: '21' },
  }
}

export const prWriter: DemoCast = {
  name: 'pr-writer',
  weight: 14,
  scenarios: prScenarios.map(({ name }) => name),
  plan(random): SessionPlan {
    const scene = { random, issue: random.pick(issues) }
    const scenario = pickScenario(random, prScenarios)
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
