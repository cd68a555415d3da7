export interface Issue {
  readonly number: number
  readonly title: string
  readonly folder: string
  readonly file: string
  readonly cause: string
  readonly old: string
  readonly fixed: string
}

export const issues: readonly Issue[] = [
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
