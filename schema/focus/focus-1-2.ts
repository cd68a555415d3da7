/**
 * FOCUS 1.2, the columns as the specification's own tables say them ("Content constraints" of specification/columns/*.md at tag v1.2 of
 * FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, CC-BY-4.0), and below them the requirements that speak of more than one column and that a file alone can be
 * checked against. What needs knowledge of the provider (whether it has commitment discounts, what its invoice says) is not in here.
 */
export const FOCUS_VERSION = '1.2'

export interface FocusColumn {
  readonly id: string
  readonly type: 'String' | 'Decimal' | 'Date/Time' | 'JSON'
  readonly level: 'Mandatory' | 'Recommended' | 'Conditional'
  /** "Allows nulls". */
  readonly nulls: boolean
  readonly format?: 'currency' | 'unit' | 'key-value'
  /** "Any valid non-negative decimal value". */
  readonly nonNegative?: true
  readonly allowed?: readonly string[]
}

/** "ServiceSubcategory MUST have one and only one parent ServiceCategory". */
export const SERVICE_SUBCATEGORIES: Readonly<Record<string, readonly string[]>> = {
  'AI and Machine Learning': [
    'AI Platforms',
    'Bots',
    'Generative AI',
    'Machine Learning',
    'Natural Language Processing',
    'Other (AI and Machine Learning)',
  ],
  Analytics: [
    'Analytics Platforms',
    'Business Intelligence',
    'Data Processing',
    'Search',
    'Streaming Analytics',
    'Other (Analytics)',
  ],
  'Business Applications': ['Productivity and Collaboration', 'Other (Business Applications)'],
  Compute: [
    'Containers',
    'End User Computing',
    'Quantum Compute',
    'Serverless Compute',
    'Virtual Machines',
    'Other (Compute)',
  ],
  Databases: [
    'Caching',
    'Data Warehouses',
    'Ledger Databases',
    'NoSQL Databases',
    'Relational Databases',
    'Time Series Databases',
    'Other (Databases)',
  ],
  'Developer Tools': [
    'Developer Platforms',
    'Continuous Integration and Deployment',
    'Development Environments',
    'Source Code Management',
    'Quality Assurance',
    'Other (Developer Tools)',
  ],
  Multicloud: ['Multicloud Integration', 'Other (Multicloud)'],
  Identity: ['Identity and Access Management', 'Other (Identity)'],
  Integration: ['API Management', 'Messaging', 'Workflow Orchestration', 'Other (Integration)'],
  'Internet of Things': ['IoT Analytics', 'IoT Platforms', 'Other (Internet of Things)'],
  'Management and Governance': [
    'Architecture',
    'Compliance',
    'Cost Management',
    'Data Governance',
    'Disaster Recovery',
    'Endpoint Management',
    'Observability',
    'Support',
    'Other (Management and Governance)',
  ],
  Media: ['Content Creation', 'Gaming', 'Media Streaming', 'Mixed Reality', 'Other (Media)'],
  Migration: ['Data Migration', 'Resource Migration', 'Other (Migration)'],
  Mobile: ['Other (Mobile)'],
  Networking: [
    'Application Networking',
    'Content Delivery',
    'Network Connectivity',
    'Network Infrastructure',
    'Network Routing',
    'Network Security',
    'Other (Networking)',
  ],
  Security: ['Secret Management', 'Security Posture Management', 'Threat Detection and Response', 'Other (Security)'],
  Storage: [
    'Backup Storage',
    'Block Storage',
    'File Storage',
    'Object Storage',
    'Storage Platforms',
    'Other (Storage)',
  ],
  Web: ['Application Platforms', 'Other (Web)'],
  Other: ['Other (Other)'],
}

export const FOCUS_COLUMNS: readonly FocusColumn[] = [
  { id: 'AvailabilityZone', type: 'String', level: 'Recommended', nulls: true },
  { id: 'BilledCost', type: 'Decimal', level: 'Mandatory', nulls: false },
  { id: 'BillingAccountId', type: 'String', level: 'Mandatory', nulls: false },
  { id: 'BillingAccountName', type: 'String', level: 'Mandatory', nulls: true },
  { id: 'BillingAccountType', type: 'String', level: 'Conditional', nulls: false },
  { id: 'BillingCurrency', type: 'String', level: 'Mandatory', nulls: false, format: 'currency' },
  { id: 'BillingPeriodEnd', type: 'Date/Time', level: 'Mandatory', nulls: false },
  { id: 'BillingPeriodStart', type: 'Date/Time', level: 'Mandatory', nulls: false },
  { id: 'CapacityReservationId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'CapacityReservationStatus', type: 'String', level: 'Conditional', nulls: true, allowed: ['Used', 'Unused'] },
  {
    id: 'ChargeCategory',
    type: 'String',
    level: 'Mandatory',
    nulls: false,
    allowed: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  },
  { id: 'ChargeClass', type: 'String', level: 'Mandatory', nulls: true, allowed: ['Correction'] },
  { id: 'ChargeDescription', type: 'String', level: 'Mandatory', nulls: true },
  {
    id: 'ChargeFrequency',
    type: 'String',
    level: 'Recommended',
    nulls: false,
    allowed: ['One-Time', 'Recurring', 'Usage-Based'],
  },
  { id: 'ChargePeriodEnd', type: 'Date/Time', level: 'Mandatory', nulls: false },
  { id: 'ChargePeriodStart', type: 'Date/Time', level: 'Mandatory', nulls: false },
  { id: 'CommitmentDiscountCategory', type: 'String', level: 'Conditional', nulls: true, allowed: ['Spend', 'Usage'] },
  { id: 'CommitmentDiscountId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'CommitmentDiscountName', type: 'String', level: 'Conditional', nulls: true },
  { id: 'CommitmentDiscountQuantity', type: 'Decimal', level: 'Conditional', nulls: true },
  { id: 'CommitmentDiscountStatus', type: 'String', level: 'Conditional', nulls: true, allowed: ['Used', 'Unused'] },
  { id: 'CommitmentDiscountType', type: 'String', level: 'Conditional', nulls: true },
  { id: 'CommitmentDiscountUnit', type: 'String', level: 'Conditional', nulls: true, format: 'unit' },
  { id: 'ConsumedQuantity', type: 'Decimal', level: 'Conditional', nulls: true },
  { id: 'ConsumedUnit', type: 'String', level: 'Conditional', nulls: true, format: 'unit' },
  { id: 'ContractedCost', type: 'Decimal', level: 'Mandatory', nulls: false },
  { id: 'ContractedUnitPrice', type: 'Decimal', level: 'Conditional', nulls: true, nonNegative: true },
  { id: 'EffectiveCost', type: 'Decimal', level: 'Mandatory', nulls: false },
  { id: 'InvoiceId', type: 'String', level: 'Recommended', nulls: true },
  { id: 'InvoiceIssuerName', type: 'String', level: 'Mandatory', nulls: false },
  { id: 'ListCost', type: 'Decimal', level: 'Mandatory', nulls: false },
  { id: 'ListUnitPrice', type: 'Decimal', level: 'Conditional', nulls: true, nonNegative: true },
  {
    id: 'PricingCategory',
    type: 'String',
    level: 'Conditional',
    nulls: true,
    allowed: ['Standard', 'Dynamic', 'Committed', 'Other'],
  },
  { id: 'PricingCurrency', type: 'String', level: 'Conditional', nulls: true, format: 'currency' },
  { id: 'PricingCurrencyContractedUnitPrice', type: 'Decimal', level: 'Conditional', nulls: true, nonNegative: true },
  { id: 'PricingCurrencyEffectiveCost', type: 'Decimal', level: 'Conditional', nulls: true },
  { id: 'PricingCurrencyListUnitPrice', type: 'Decimal', level: 'Conditional', nulls: true, nonNegative: true },
  { id: 'PricingQuantity', type: 'Decimal', level: 'Mandatory', nulls: true },
  { id: 'PricingUnit', type: 'String', level: 'Mandatory', nulls: true, format: 'unit' },
  { id: 'ProviderName', type: 'String', level: 'Mandatory', nulls: false },
  { id: 'PublisherName', type: 'String', level: 'Mandatory', nulls: false },
  { id: 'RegionId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'RegionName', type: 'String', level: 'Conditional', nulls: true },
  { id: 'ResourceId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'ResourceName', type: 'String', level: 'Conditional', nulls: true },
  { id: 'ResourceType', type: 'String', level: 'Conditional', nulls: true },
  {
    id: 'ServiceCategory',
    type: 'String',
    level: 'Mandatory',
    nulls: false,
    allowed: Object.keys(SERVICE_SUBCATEGORIES),
  },
  { id: 'ServiceName', type: 'String', level: 'Mandatory', nulls: false },
  {
    id: 'ServiceSubcategory',
    type: 'String',
    level: 'Recommended',
    nulls: false,
    allowed: Object.values(SERVICE_SUBCATEGORIES).flat(),
  },
  { id: 'SkuId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'SkuMeter', type: 'String', level: 'Conditional', nulls: true },
  { id: 'SkuPriceDetails', type: 'JSON', level: 'Conditional', nulls: true, format: 'key-value' },
  { id: 'SkuPriceId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'SubAccountId', type: 'String', level: 'Conditional', nulls: true },
  { id: 'SubAccountName', type: 'String', level: 'Conditional', nulls: true },
  { id: 'SubAccountType', type: 'String', level: 'Conditional', nulls: true },
  { id: 'Tags', type: 'JSON', level: 'Conditional', nulls: true, format: 'key-value' },
]

/** What a value of one column asks of another. `is`: one of these; `isNot`: none of these, null included. */
export interface FocusRule {
  readonly column: string
  readonly must: 'be null' | 'not be null'
  readonly when: Readonly<
    Record<string, { readonly is?: readonly (string | null)[]; readonly isNot?: readonly (string | null)[] }>
  >
}

const TAX = { ChargeCategory: { is: ['Tax'] } } as const
const CHARGED = { ChargeCategory: { is: ['Usage', 'Purchase'] }, ChargeClass: { isNot: ['Correction'] } } as const

/** "MUST be null when ChargeCategory is Tax" and "MUST NOT be null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction". */
const PRICED = [
  'ContractedUnitPrice',
  'ListUnitPrice',
  'PricingCategory',
  'PricingCurrencyContractedUnitPrice',
  'PricingCurrencyListUnitPrice',
  'PricingQuantity',
  'SkuId',
  'SkuPriceId',
] as const

/** The second is null exactly where the first is. */
const WITH = [
  ['BillingAccountId', 'BillingAccountType'],
  ['CommitmentDiscountId', 'CommitmentDiscountCategory'],
  ['CommitmentDiscountId', 'CommitmentDiscountType'],
  ['CommitmentDiscountQuantity', 'CommitmentDiscountUnit'],
  ['ConsumedQuantity', 'ConsumedUnit'],
  ['PricingQuantity', 'PricingUnit'],
  ['RegionId', 'RegionName'],
  ['ResourceId', 'ResourceType'],
  ['SubAccountId', 'SubAccountName'],
  ['SubAccountId', 'SubAccountType'],
] as const

export const FOCUS_RULES: readonly FocusRule[] = [
  ...PRICED.flatMap((column): FocusRule[] => [
    { column, must: 'be null', when: TAX },
    { column, must: 'not be null', when: CHARGED },
  ]),
  ...WITH.flatMap(([of, column]): FocusRule[] => [
    { column, must: 'be null', when: { [of]: { is: [null] } } },
    { column, must: 'not be null', when: { [of]: { isNot: [null] } } },
  ]),
  { column: 'CapacityReservationStatus', must: 'be null', when: { CapacityReservationId: { is: [null] } } },
  {
    column: 'CapacityReservationStatus',
    must: 'not be null',
    when: { CapacityReservationId: { isNot: [null] }, ChargeCategory: { is: ['Usage'] } },
  },
  { column: 'CommitmentDiscountName', must: 'be null', when: { CommitmentDiscountId: { is: [null] } } },
  { column: 'CommitmentDiscountStatus', must: 'be null', when: { CommitmentDiscountId: { is: [null] } } },
  {
    column: 'CommitmentDiscountStatus',
    must: 'not be null',
    when: { CommitmentDiscountId: { isNot: [null] }, ChargeCategory: { is: ['Usage'] } },
  },
  { column: 'ConsumedQuantity', must: 'be null', when: { ChargeCategory: { isNot: ['Usage'] } } },
  { column: 'ConsumedQuantity', must: 'be null', when: { CommitmentDiscountStatus: { is: ['Unused'] } } },
  {
    column: 'ConsumedQuantity',
    must: 'not be null',
    when: {
      ChargeCategory: { is: ['Usage'] },
      CommitmentDiscountStatus: { isNot: ['Unused'] },
      ChargeClass: { isNot: ['Correction'] },
    },
  },
  { column: 'ResourceName', must: 'be null', when: { ResourceId: { is: [null] } } },
  { column: 'SkuMeter', must: 'be null', when: { SkuId: { is: [null] } } },
  { column: 'SkuPriceDetails', must: 'be null', when: { SkuPriceId: { is: [null] } } },
]

/** "The product of … MUST match …" where all are there and the row is no correction. */
export const FOCUS_PRODUCTS = [
  { price: 'ListUnitPrice', quantity: 'PricingQuantity', cost: 'ListCost' },
  { price: 'ContractedUnitPrice', quantity: 'PricingQuantity', cost: 'ContractedCost' },
] as const

/** Half-open: the start inclusive, the end exclusive. */
export const FOCUS_PERIODS = [
  { start: 'ChargePeriodStart', end: 'ChargePeriodEnd' },
  { start: 'BillingPeriodStart', end: 'BillingPeriodEnd' },
] as const
