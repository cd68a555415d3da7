import { models } from '../models.ts'
import type { DemoAgent, ToolDefinition } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'

// The agents to which the shared inbox hands over.

const billingTools: readonly ToolDefinition[] = [
  {
    name: 'get_invoice',
    description: 'One invoice with its lines.',
    parameters: objectSchema({ invoice_id: { type: 'string', pattern: '^INV-[0-9]+$' } }, ['invoice_id']),
  },
  {
    name: 'apply_credit',
    description: 'Credit an amount to the account.',
    parameters: objectSchema({ account_id: { type: 'string' }, amount_usd: { type: 'number', maximum: 100 } }, [
      'account_id',
      'amount_usd',
    ]),
  },
  {
    name: 'transfer_to_human_agents',
    description: 'Hand over to a person.',
    parameters: objectSchema({ summary: { type: 'string' } }, ['summary']),
  },
]

const shippingTools: readonly ToolDefinition[] = [
  {
    name: 'track_parcel',
    description: 'Where a parcel is.',
    parameters: objectSchema({ tracking_id: { type: 'string' } }, ['tracking_id']),
  },
  {
    name: 'open_carrier_case',
    description: 'Ask the carrier to search for a parcel.',
    parameters: objectSchema({ tracking_id: { type: 'string' }, note: { type: 'string' } }, ['tracking_id']),
  },
]

export const billing: DemoAgent = {
  name: 'billing-agent',
  version: '1.8.1',
  system: 'You answer questions about invoices. You may credit up to $100.',
  model: models.haiku,
  tools: billingTools,
  contextTokens: 1900,
  prompt: { name: 'billing', version: '15' },
}
export const shipping: DemoAgent = {
  name: 'shipping-agent',
  version: '1.4.0',
  system: 'You answer questions about parcels. Say where it is and when it arrives.',
  model: models.gpt41mini,
  tools: shippingTools,
  contextTokens: 1300,
  prompt: { name: 'shipping', version: '6' },
}
