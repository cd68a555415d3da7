import type { Rate } from '../../schema/api/shapes.ts'
import { wilsonInterval } from '../statistics/wilson.ts'

/** `judgeable`: what could have been judged, of which `valid` was (runs that finished, of which some are settled). */
export const rateOf = (
  good: number,
  valid: number,
  { judgeable = valid, provisional = false }: { readonly judgeable?: number; readonly provisional?: boolean } = {},
): Rate => ({
  value: valid === 0 ? null : good / valid,
  good,
  valid,
  interval: wilsonInterval(good, valid),
  coverage: judgeable === 0 ? null : valid / judgeable,
  provisional,
})
