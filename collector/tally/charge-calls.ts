import type { Charge } from '../../schema/model/charge.ts'
import type { Call } from '../../schema/model/run.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { type CallCost, FREE, UNPRICED } from './call-cost.ts'
import { NOT_A_MODEL, reviewCost, reviewNanos } from './review.ts'

/** The run that a charge is entered in. */
export interface ChargedRun {
  readonly traceIds: readonly string[]
  readonly rootAgent: string
  readonly agentVersion: string
  readonly endNanos: bigint
}

/** Money posted later as calls of its run, at its own time. An id that was posted twice is one charge. */
export const chargeCallsOf = (charges: readonly Charge[], run: ChargedRun, prices: PriceBook): readonly Call[] => {
  const seen = new Set<string>()
  return charges.flatMap((charge) => {
    if (seen.has(charge.chargeId)) return []
    seen.add(charge.chargeId)
    return [chargeCall(charge, run, prices)]
  })
}

const chargeCall = (charge: Charge, run: ChargedRun, prices: PriceBook): Call => ({
  spanId: charge.chargeId.slice(0, 16),
  traceId: charge.traceId || (run.traceIds[0] ?? ''),
  kind: `charge.${charge.component}`,
  startNanos: charge.timeNanos === 0n ? run.endNanos : charge.timeNanos,
  durationNanos: reviewNanos(charge.nanoMinutes),
  agent: run.rootAgent,
  agentVersion: run.agentVersion,
  ...NOT_A_MODEL,
  ...costOfCharge(charge, prices),
})

const costOfCharge = ({ amountNanoUsd, nanoMinutes }: Charge, prices: PriceBook): CallCost => {
  if (amountNanoUsd !== undefined)
    return { ...FREE, costNanoUsd: amountNanoUsd, costReportedNanoUsd: amountNanoUsd, costStatus: 'reported' }
  return nanoMinutes === 0n ? UNPRICED : reviewCost(nanoMinutes, prices)
}
