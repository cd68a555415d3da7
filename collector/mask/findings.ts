/** What masking looks for, the surest first: where two findings overlap, the earlier of this list stands. The name is the guardrail's name too. */
export const FINDINGS = [
  'secret.private_key',
  'secret.jwt',
  'secret.api_key',
  'secret.bearer_token',
  'secret.url_password',
  'pii.email',
  'pii.iban',
  'pii.card',
  'pii.ssn',
  'pii.phone',
] as const
export type Finding = (typeof FINDINGS)[number]

/** What happens to a finding; `off` looks for none. `drop` takes the whole text that holds it. */
export const ACTIONS = ['replace', 'hash', 'drop', 'off'] as const
export type Action = (typeof ACTIONS)[number]

/** One stretch of a text. `normal`: the value without its spelling (`4111 1111 …` and `4111-1111-…` are one card), for hashes that can be joined. */
export interface Found {
  readonly start: number
  readonly end: number
  readonly normal?: string
}

export interface Detector {
  readonly finding: string
  /** Bits of `triggers.ts`, one of which a text must show to be worth reading; 0: `wants` decides. */
  readonly triggers: number
  readonly wants?: (text: string) => boolean
  readonly find: (text: string) => readonly Found[]
}
