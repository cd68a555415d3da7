/** The agents of the mock: what the fleet of a middling company looks like, with one that just went wrong. */
export interface MockAgent {
  readonly name: string
  readonly team: string
  /** Of 1,000 sessions. */
  readonly share: number
  readonly success: number
  readonly usdPerRun: number
  readonly seconds: number
  readonly guardrailRate: number
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly versions: readonly string[]
  readonly ask: string
  readonly answer: string
}

export const MOCK_AGENTS: readonly MockAgent[] = [
  {
    name: 'refund-agent',
    team: 'support',
    share: 190,
    success: 0.62,
    usdPerRun: 0.0412,
    seconds: 63,
    guardrailRate: 0.029,
    models: ['gpt-4.1-2025-04-14'],
    tools: ['lookup_order', 'search_policy', 'issue_refund', 'notify_customer'],
    versions: ['v14', 'v13'],
    ask: 'The item arrived damaged, I want my money back. Order A-1001, it was 420 dollars.',
    answer: 'Your refund has been issued, you will see it in 3–5 days.',
  },
  {
    name: 'triage-agent',
    team: 'support',
    share: 420,
    success: 0.887,
    usdPerRun: 0.0062,
    seconds: 4.1,
    guardrailRate: 0.006,
    models: ['gpt-4.1-mini'],
    tools: ['classify_ticket', 'route_ticket'],
    versions: ['v31'],
    ask: 'Ticket 88120: “cannot log in since the update, error 0x80070005”',
    answer: 'Routed to identity, priority 2.',
  },
  {
    name: 'sales-research',
    team: 'growth',
    share: 70,
    success: 0.73,
    usdPerRun: 0.301,
    seconds: 212,
    guardrailRate: 0.041,
    models: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
    tools: ['web_search', 'fetch_page', 'crm_lookup', 'draft_email'],
    versions: ['v8', 'v7'],
    ask: 'Find out what Halden Logistics uses for route planning and who decides about it.',
    answer: 'Halden runs a self-built planner since 2023; the decision lies with the head of operations.',
  },
  {
    name: 'invoice-matcher',
    team: 'finance',
    share: 140,
    success: 0.955,
    usdPerRun: 0.0133,
    seconds: 9.8,
    guardrailRate: 0.009,
    models: ['gpt-4.1-mini', 'text-embedding-3-small'],
    tools: ['read_invoice', 'find_purchase_order', 'post_match'],
    versions: ['v22', 'v21'],
    ask: 'Match invoice INV-20931 from Brandt Verpackung.',
    answer: 'Matched to PO-7731, difference 0.00 EUR.',
  },
  {
    name: 'code-review',
    team: 'platform',
    share: 90,
    success: 0.832,
    usdPerRun: 0.184,
    seconds: 95,
    guardrailRate: 0.011,
    models: ['claude-sonnet-4-5'],
    tools: ['read_file', 'grep', 'run_tests', 'comment'],
    versions: ['v17'],
    ask: 'Review pull request #4412: retry with jitter in the payment client.',
    answer: 'Two findings: the retry also repeats 4xx answers, and the jitter is never reset.',
  },
  {
    name: 'kb-answers',
    team: 'support',
    share: 72,
    success: 0.914,
    usdPerRun: 0.0038,
    seconds: 3,
    guardrailRate: 0.022,
    models: ['qwen-7b-local', 'text-embedding-3-small'],
    tools: ['search_kb'],
    versions: ['v12'],
    ask: 'How do I rotate my API key without downtime?',
    answer: 'Create the second key first, deploy it, then revoke the old one.',
  },
  {
    name: 'crm-update',
    team: 'growth',
    share: 18,
    success: 0.74,
    usdPerRun: 0.0155,
    seconds: 12,
    guardrailRate: 0.034,
    models: ['gpt-4.1-mini'],
    tools: ['crm_lookup', 'crm_write'],
    versions: ['v1'],
    ask: 'Note the call with Lindqvist: wants an offer for 40 seats by Friday.',
    answer: 'Added to the account, task due Friday.',
  },
]

export const UNPRICED_MODELS: readonly string[] = ['qwen-7b-local']
