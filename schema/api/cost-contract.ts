import type { Endpoint } from './endpoint.ts'

/** Routes of everything about money; part of CONTRACT (contract.ts). */
export const COST_CONTRACT = {} as const satisfies Record<string, Endpoint>
