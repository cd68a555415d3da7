import type { ToolDefinition } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'

export const researchTools: readonly ToolDefinition[] = [
  {
    name: 'web_search',
    description: 'Search the web. Returns titles, addresses and snippets.',
    parameters: objectSchema({ query: { type: 'string', minLength: 3 }, recency_days: { type: 'integer' } }, ['query']),
  },
  {
    name: 'fetch_page',
    description: 'Fetch one page as text.',
    parameters: objectSchema({ url: { type: 'string', format: 'uri' } }, ['url']),
  },
  {
    name: 'crm_lookup',
    description: 'Notes, open deals and contacts of an account.',
    parameters: objectSchema({ account: { type: 'string' } }, ['account']),
  },
  {
    name: 'write_brief',
    description: 'Store a brief for the account team.',
    parameters: objectSchema({ account: { type: 'string' }, title: { type: 'string' }, body: { type: 'string' } }, [
      'account',
      'title',
      'body',
    ]),
  },
]
