import { z } from 'zod'
import { PriceOverride, PriceSettings, ToolFee } from '../../schema/api/prices.ts'

/** People write numbers; money is text on its way, so that no digit is lost. */
const asText = <T extends z.ZodType>(text: T) =>
  z.preprocess((value) => (typeof value === 'number' ? String(value) : value), text)

const numbersAsText = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one === 'number' ? String(one) : one]))
    : value

/** The shape of PUT /api/prices; a word misspelt is no price that is missed. */
export const PricesSection = z.strictObject({
  ...PriceSettings.shape,
  overrides: z
    .array(
      z.strictObject({
        ...PriceOverride.shape,
        usdPerUnit: asText(PriceOverride.shape.usdPerUnit),
        perMillionTokens: z.preprocess(numbersAsText, PriceOverride.shape.perMillionTokens),
      }),
    )
    .default([]),
  toolFees: z.array(z.strictObject({ ...ToolFee.shape, usdPerCall: asText(ToolFee.shape.usdPerCall) })).default([]),
  reviewUsdPerMinute: asText(PriceSettings.shape.reviewUsdPerMinute),
})
