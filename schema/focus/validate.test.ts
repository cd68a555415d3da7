import { describe, expect, it } from 'vitest'
import { FOCUS_COLUMNS } from './focus-1-2.ts'
import { type FocusFindings, type FocusRow, FocusValidator } from './validate.ts'

const GOOD: FocusRow = {
  BilledCost: '0.003',
  BillingAccountId: 'acme',
  BillingAccountName: null,
  BillingCurrency: 'USD',
  BillingPeriodStart: '2026-09-01T00:00:00Z',
  BillingPeriodEnd: '2026-10-01T00:00:00Z',
  ChargeCategory: 'Usage',
  ChargeClass: null,
  ChargeDescription: 'Input tokens',
  ChargeFrequency: 'Usage-Based',
  ChargePeriodStart: '2026-09-03T00:00:00Z',
  ChargePeriodEnd: '2026-09-04T00:00:00Z',
  ConsumedQuantity: '1000',
  ConsumedUnit: 'Tokens',
  ContractedCost: '0.003',
  ContractedUnitPrice: '3',
  EffectiveCost: '0.003',
  InvoiceIssuerName: 'Anthropic',
  ListCost: '0.003',
  ListUnitPrice: '3',
  PricingCategory: 'Standard',
  PricingQuantity: '0.001',
  PricingUnit: '1000000 Tokens',
  ProviderName: 'Anthropic',
  PublisherName: 'Anthropic',
  ServiceCategory: 'AI and Machine Learning',
  ServiceName: 'Anthropic API',
  ServiceSubcategory: 'Generative AI',
  SkuId: 'claude-sonnet-4-5:inputUncached',
  SkuPriceId: 'claude-sonnet-4-5:inputUncached',
  Tags: '{"team":"support","env":null}',
  x_Agent: 'refunds',
}

const check = (...rows: readonly FocusRow[]): FocusFindings => {
  const validator = new FocusValidator(Object.keys(rows[0]!))
  for (const row of rows) validator.row(row)
  return validator.finish()
}
/** What is said of the good row with these changes. */
const said = (changes: FocusRow): string[] =>
  check({ ...GOOD, ...changes }).errors.map(({ column, requirement }) => `${column} ${requirement}`)

describe('the table of columns', () => {
  it('is that of FOCUS 1.2: 57 columns, 21 of them mandatory, 4 recommended', () => {
    expect(FOCUS_COLUMNS).toHaveLength(57)
    const of = (level: string) => FOCUS_COLUMNS.filter((column) => column.level === level).map(({ id }) => id)
    expect(of('Mandatory')).toHaveLength(21)
    expect(of('Recommended')).toEqual(['AvailabilityZone', 'ChargeFrequency', 'InvoiceId', 'ServiceSubcategory'])
    expect(FOCUS_COLUMNS.map(({ id }) => id)).toEqual(FOCUS_COLUMNS.map(({ id }) => id).toSorted())
  })
})

describe('the FOCUS validator', () => {
  it('finds nothing wrong with a good row, in whatever order its columns come', () => {
    expect(check(GOOD).errors).toEqual([])
    const turned = Object.fromEntries(Object.entries(GOOD).reverse())
    expect(check(turned).errors).toEqual([])
    expect(check(turned).warnings.map(({ requirement }) => requirement)).toContain(
      'FOCUS columns SHOULD be before custom columns',
    )
  })

  it('misses each mandatory column, and names what is neither a FOCUS column nor custom', () => {
    for (const { id } of FOCUS_COLUMNS.filter(({ level }) => level === 'Mandatory')) {
      const { [id]: _, ...rest } = GOOD
      expect(check(rest).errors[0], id).toMatchObject({ column: id, row: null })
    }
    expect(said({ Team: 'support' })).toEqual(['Team custom columns MUST be prefixed with x_'])
  })

  it('says of each value what is wrong with it', () => {
    const cases: [FocusRow, string][] = [
      [{ BilledCost: null }, 'BilledCost MUST NOT be null'],
      [{ BilledCost: '+3' }, 'BilledCost MUST conform to NumericFormat'],
      [{ BilledCost: '$3' }, 'BilledCost MUST conform to NumericFormat'],
      [{ EffectiveCost: '1,000' }, 'EffectiveCost MUST conform to NumericFormat'],
      [{ ProviderName: '' }, 'ProviderName MUST use NULL, not an empty string, where there is no value'],
      [{ BillingCurrency: 'usd' }, 'BillingCurrency MUST be a national currency, a three-letter code of ISO 4217'],
      [{ BillingCurrency: 'XQQ' }, 'BillingCurrency MUST be a national currency, a three-letter code of ISO 4217'],
      [{ ChargeCategory: 'usage' }, 'ChargeCategory MUST be one of the allowed values'],
      [
        { ChargePeriodStart: '2026-09-03' },
        'ChargePeriodStart MUST conform to DateTimeFormat (YYYY-MM-DDTHH:mm:ssZ, UTC)',
      ],
      [
        { ChargePeriodStart: '2026-02-30T00:00:00Z' },
        'ChargePeriodStart MUST conform to DateTimeFormat (YYYY-MM-DDTHH:mm:ssZ, UTC)',
      ],
      [
        { ChargePeriodEnd: '2026-09-03T00:00:00Z' },
        'ChargePeriodEnd MUST be the exclusive end bound: later than ChargePeriodStart',
      ],
      [{ Tags: '{"team":["a"]}' }, 'Tags MUST conform to KeyValueFormat'],
      [{ ServiceSubcategory: 'Containers' }, 'ServiceSubcategory MUST have its parent ServiceCategory'],
      [{ ListCost: '0.004' }, 'ListCost MUST match the product of ListUnitPrice and PricingQuantity'],
      [{ PricingUnit: null }, 'PricingUnit MUST NOT be null when PricingQuantity is not null'],
      [{ ConsumedQuantity: null }, 'ConsumedUnit MUST be null when ConsumedQuantity is null'],
      [
        { SkuId: null },
        'SkuId MUST NOT be null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction',
      ],
      [{ ChargeCategory: 'Tax' }, 'PricingQuantity MUST be null when ChargeCategory is Tax'],
      [{ ChargeCategory: 'Adjustment' }, 'ConsumedQuantity MUST be null when ChargeCategory is not Usage'],
      [
        { ChargeCategory: 'Purchase', ConsumedQuantity: null, ConsumedUnit: null },
        'ChargeFrequency MUST NOT be "Usage-Based" when ChargeCategory is "Purchase"',
      ],
    ]
    for (const [changes, expected] of cases) expect(said(changes), JSON.stringify(changes)).toContain(expected)
  })

  it('lets a correction differ in its product, and take less', () => {
    const correction = { ...GOOD, ChargeClass: 'Correction', ListCost: '9', SkuId: null, SkuPriceId: null }
    expect(check(correction).errors).toEqual([])
  })

  it('says a unit of measure that is no such as a warning', () => {
    const warned = (unit: string): boolean =>
      check({ ...GOOD, PricingUnit: unit }).warnings.some(({ column }) => column === 'PricingUnit')
    expect(['1000000 Tokens', 'Tokens', 'GB-Hours', 'Requests/Day', 'Units/3 Months'].filter(warned)).toEqual([])
    expect(['1M tokens', 'tokens', '1000000Tokens'].filter((unit) => !warned(unit))).toEqual([])
  })

  it('counts how often and says where first, and adds up to the last digit', () => {
    const bad = { ...GOOD, ChargeCategory: 'Use', BilledCost: '0.1' }
    const { rows, errors, billedCost } = check(
      GOOD,
      bad,
      { ...bad, BilledCost: '1E-9' },
      { ...GOOD, BillingCurrency: 'EUR' },
    )
    expect(rows).toBe(4)
    expect(errors.find(({ column }) => column === 'ChargeCategory')).toEqual({
      column: 'ChargeCategory',
      requirement: 'MUST be one of the allowed values',
      row: 2,
      value: 'Use',
      times: 2,
    })
    expect(billedCost).toEqual({ USD: '0.103000001', EUR: '0.003' })
  })

  it('says when one service has two categories', () => {
    const other = { ...GOOD, ServiceCategory: 'Other', ServiceSubcategory: 'Other (Other)' }
    expect(check(GOOD, other).errors.map(({ requirement }) => requirement)).toEqual([
      'MUST have one and only one ServiceCategory',
    ])
  })
})
