import { matchesPattern, precisionOf } from './pattern.ts'
import type { Price } from './price-book.ts'

export interface CompiledFee {
  readonly tool: string
  readonly nanoUsd: bigint
  readonly validFromNanos: bigint | undefined
}

/** The most particular pattern that fits, and of its prices the one that was valid: the latest that had begun. */
export const feeOf = (fees: readonly CompiledFee[], tool: string, startNanos: bigint): Price | undefined => {
  let best: CompiledFee | undefined
  for (const fee of fees) {
    if (fee.validFromNanos !== undefined && startNanos < fee.validFromNanos) continue
    if (matchesPattern(fee.tool, tool) && (!best || isBetter(fee, best))) best = fee
  }
  return best && { nanoUsd: best.nanoUsd, ref: `tool fee/${best.tool}` }
}

const isBetter = (fee: CompiledFee, than: CompiledFee): boolean => {
  const precision = precisionOf(fee.tool) - precisionOf(than.tool)
  if (precision !== 0) return precision > 0
  return (fee.validFromNanos ?? -1n) >= (than.validFromNanos ?? -1n)
}
