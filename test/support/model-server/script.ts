/** Tokens of one model call, each in one bucket; the APIs' totals are sums of these. */
export interface ScriptedUsage {
  readonly inputUncached: number
  readonly cacheRead: number
  readonly outputText: number
  readonly reasoning: number
}

export interface ScriptedToolCall {
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** What the model says in one step of a conversation. */
export interface ScriptedStep {
  readonly text?: string
  readonly toolCalls?: readonly ScriptedToolCall[]
  readonly usage: ScriptedUsage
  /** So many requests for this step are answered 429 before one goes through. */
  readonly rateLimited?: number
}

/** A support agent looks an order up, tries a refund that its policy forbids beside one that it allows, and sums up. Every number is different, so that none can hide a mix-up. */
export const REFUND_SCRIPT: readonly ScriptedStep[] = [
  {
    text: 'Let me look that order up.',
    toolCalls: [{ name: 'lookup_order', arguments: { order_id: 'A-1042' } }],
    usage: { inputUncached: 811, cacheRead: 0, outputText: 37, reasoning: 128 },
  },
  {
    toolCalls: [
      { name: 'issue_refund', arguments: { order_id: 'A-1042', amount_usd: 900 } },
      { name: 'issue_refund', arguments: { order_id: 'A-1042', amount_usd: 49.9 } },
    ],
    usage: { inputUncached: 203, cacheRead: 768, outputText: 61, reasoning: 64 },
    rateLimited: 1,
  },
  {
    text: 'I refunded $49.90 for order A-1042; the rest needs a colleague.',
    usage: { inputUncached: 149, cacheRead: 1024, outputText: 29, reasoning: 0 },
  },
]
