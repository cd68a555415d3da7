import { models } from '../models.ts'
import type { Order, Person } from '../people.ts'
import type { Random } from '../random.ts'
import type { DemoAgent } from '../story-model.ts'
import { objectSchema } from '../tool-schema.ts'

/** Version 14 has a shorter prompt, and with it a flaw: it sometimes leaves out the amount. */
export type RefundVersion = 'v12' | 'v13' | 'v14'

export interface RefundScene {
  readonly random: Random
  readonly version: RefundVersion
  readonly user: Person
  readonly order: Order
  readonly large: Order
}

export const fraudCheck: DemoAgent = {
  name: 'fraud-check',
  version: 'v5',
  system: 'You check a refund request for signs of fraud. Answer with a verdict and one sentence of evidence.',
  model: models.gpt41mini,
  tools: [
    {
      name: 'refund_history',
      description: 'Refunds of a customer in the last twelve months.',
      parameters: objectSchema({ user_id: { type: 'string' } }, ['user_id']),
    },
    {
      name: 'device_risk',
      description: 'Risk score of the device that opened the chat.',
      parameters: objectSchema({ user_id: { type: 'string' } }, ['user_id']),
    },
  ],
  contextTokens: 700,
  prompt: { name: 'fraud-check', version: '5' },
}
