import type { Database, QueryParams } from '../../schema/clickhouse/database.ts'
import { OWN_SERVICES, TOKEN_METERS, VENDORS } from '../../schema/focus/vendors.ts'
import { COMPONENTS } from '../../schema/model/component.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { USAGE_BUCKETS } from '../../schema/model/usage.ts'
import { costLines, costQuestion } from '../queries/costs/cost-question.ts'
import { fill, sqlFile } from '../queries/sql-file.ts'
import { boundsOf, type CostFileWish } from './cost-table.ts'
import { ratesOf } from './focus-rates.ts'
import type { Table, TableColumn } from './table.ts'

/** The grain beside day, component, price and bucket. focus.sql reads the first two by their place. */
const KEYS = [
  'provider',
  'model',
  'team',
  'costCenter',
  'agent',
  'workflow',
  'customer',
  'env',
  'outcome',
  'tool',
] as const satisfies readonly DimensionName[]

/** Costs as a FOCUS 1.2 dataset; docs/reports.md has the mapping. `by`, `interval` and `sort` have no say: the grain is FOCUS' own. */
export const focusTable = async (
  database: Database,
  projectId: number,
  { shared, as_of, by: _by, interval: _interval, sort: _sort, ...filters }: CostFileWish,
  nowMs: number,
): Promise<Table> => {
  const question = await costQuestion(
    database,
    projectId,
    { by: KEYS, interval: 'day', filters, asOf: as_of, shared },
    nowMs,
  )
  const bounds = boundsOf(question, nowMs)
  const lines = costLines(question, [
    { name: 'service_tier', ofCall: 'toString(call.service_tier)', ofShare: "''" },
    { name: 'share_of', ofCall: "''", ofShare: 'share_name' },
    { name: 'share_by', ofCall: "''", ofShare: "concat(share_rule, ' by ', over)" },
  ])
  const keys = KEYS.map((_, i) => `key_${i}`).join(', ')
  return {
    report: 'focus',
    columns: columnsOf(projectId),
    rows: fill(FOCUS, { keys, lines: lines.sql }),
    // Tools without a fee cost nothing and are no charge; what has no price has no row, because FOCUS has no word for a cost that is not known.
    only: 'is_unpriced = 0 AND (nano_usd != 0 OR has_tokens)',
    order: `period_ms, ${keys}, component, service_tier, share_of, share_by, is_share, is_credit, above, rates, nth`,
    money: 'billed',
    unpriced: 'unpriced_calls',
    params: { ...lines.params, ...(await ratesOf(database, projectId, bounds)) } as QueryParams,
    ...bounds,
  }
}

const FOCUS = sqlFile('exports/focus')

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
const listSql = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`
const key = (name: (typeof KEYS)[number]): string => `toString(key_${KEYS.indexOf(name)})`
const set = (name: (typeof KEYS)[number]): string => `nullIf(${key(name)}, '')`

const vendorSql = (what: 'vendor' | 'service', otherwise: string): string =>
  `transform(${key('provider')}, ${listSql(Object.keys(VENDORS))}, ${listSql(Object.values(VENDORS).map((vendor) => vendor[what]))}, ${otherwise})`
const ownSql = (what: keyof (typeof OWN_SERVICES)['model']): string =>
  `transform(component, ${listSql(COMPONENTS)}, ${listSql(COMPONENTS.map((name) => OWN_SERVICES[name][what]))}, '')`
/** A provider bills it, or it is the company's own. */
const billed = (byProvider: string, own: string): string => `if(${key('provider')} != '', ${byProvider}, ${own})`
const ofTokens = (values: readonly string[], own: string): string =>
  `if(bucket > 0, ${listSql(values)}[bucket], ${own})`

const VENDOR = billed(vendorSql('vendor', key('provider')), "'Internal'")
const METER = ofTokens(Object.values(TOKEN_METERS), ownSql('meter'))
const UNIT = `if(bucket > 0, 'Tokens', ${ownSql('unit')})`
const SKU = `concat(${billed(`concat(${key('provider')}, '/')`, "''")}, multiIf(${key('model')} != '', ${key('model')}, ${key('tool')} != '', ${key('tool')}, component), ':', ${ofTokens(USAGE_BUCKETS, 'component')})`
const DAY = "fromUnixTimestamp64Milli(period_ms, 'UTC')"
const monthSql = (months: number): string =>
  `toUnixTimestamp64Milli(toDateTime64(addMonths(toStartOfMonth(toDate32(${DAY})), ${months}), 3, 'UTC'))`
/** Per million tokens, or per unit; of tokens it has up to fifteen decimals, so that price × quantity is the cost again. */
const PER_MILLION = 'if(bucket > 0, 1000000, 1)'
const PAID_PRICE =
  'toDecimal128(toDecimal256(nano_usd, 18) * toInt256(if(bucket > 0, 1000000, 1)) / toInt256(greatest(quantity, 1)) / toInt256(1000000000), 15)'
const LIST_PRICE = `ifNull(toDecimal128(toDecimal128(rate, 9) / toInt64(1000000000), 15), ${PAID_PRICE})`
const LIST_COST = `ifNull(toDecimal128(toDecimal256(toInt256(rate) * toInt256(quantity), 15) / toInt256(1000000000000000), 15), toDecimal128(billed, 15))`
const QUANTITY = `toDecimal128(quantity, 9) / ${PER_MILLION}`
/** Shares of costs that belong to no run are nobody's usage, nor is money that is given back. */
const usage = (sql: string): string => `if(is_share OR is_credit, NULL, ${sql})`

const columnsOf = (projectId: number): TableColumn[] => [
  { name: 'BilledCost', kind: 'number', sql: 'billed' },
  { name: 'BillingAccountId', kind: 'word', sql: quoted(`recount-project-${projectId}`) },
  { name: 'BillingAccountName', kind: 'word', sql: "CAST(NULL, 'Nullable(String)')" },
  { name: 'BillingCurrency', kind: 'word', sql: "'USD'" },
  { name: 'BillingPeriodEnd', kind: 'second', sql: monthSql(1) },
  { name: 'BillingPeriodStart', kind: 'second', sql: monthSql(0) },
  { name: 'ChargeCategory', kind: 'word', sql: "multiIf(is_share, 'Adjustment', is_credit, 'Credit', 'Usage')" },
  { name: 'ChargeClass', kind: 'word', sql: "CAST(NULL, 'Nullable(String)')" },
  {
    name: 'ChargeDescription',
    kind: 'text',
    sql: `if(is_share, concat('Share of ', share_of), concat(multiIf(${key('model')} != '', ${key('model')}, ${key('tool')} != '', ${key('tool')}, ${ownSql('service')}), ': ', ${METER}))`,
  },
  {
    name: 'ChargeFrequency',
    kind: 'word',
    sql: "multiIf(is_share, 'Recurring', is_credit, 'One-Time', 'Usage-Based')",
  },
  { name: 'ChargePeriodEnd', kind: 'second', sql: 'period_ms + 86400000' },
  { name: 'ChargePeriodStart', kind: 'second', sql: 'period_ms' },
  { name: 'ConsumedQuantity', kind: 'number', sql: usage('quantity') },
  { name: 'ConsumedUnit', kind: 'word', sql: usage(UNIT) },
  { name: 'ContractedCost', kind: 'number', sql: 'billed' },
  { name: 'ContractedUnitPrice', kind: 'number', sql: usage(PAID_PRICE) },
  { name: 'EffectiveCost', kind: 'number', sql: 'billed' },
  { name: 'InvoiceId', kind: 'word', sql: "CAST(NULL, 'Nullable(String)')" },
  { name: 'InvoiceIssuerName', kind: 'text', sql: VENDOR },
  { name: 'ListCost', kind: 'number', sql: LIST_COST },
  { name: 'ListUnitPrice', kind: 'number', sql: usage(LIST_PRICE) },
  { name: 'PricingCategory', kind: 'word', sql: usage("'Standard'") },
  { name: 'PricingQuantity', kind: 'number', sql: usage(QUANTITY) },
  { name: 'PricingUnit', kind: 'word', sql: usage(`if(bucket > 0, '1000000 Tokens', ${UNIT})`) },
  { name: 'ProviderName', kind: 'text', sql: VENDOR },
  { name: 'PublisherName', kind: 'text', sql: VENDOR },
  { name: 'ResourceId', kind: 'text', sql: set('agent') },
  { name: 'ResourceType', kind: 'word', sql: `if(${key('agent')} = '', NULL, 'AI Agent')` },
  { name: 'ServiceCategory', kind: 'word', sql: billed("'AI and Machine Learning'", ownSql('category')) },
  {
    name: 'ServiceName',
    kind: 'text',
    sql: billed(vendorSql('service', `concat(${key('provider')}, ' API')`), ownSql('service')),
  },
  { name: 'ServiceSubcategory', kind: 'word', sql: billed("'Generative AI'", ownSql('subcategory')) },
  { name: 'SkuId', kind: 'text', sql: SKU },
  { name: 'SkuMeter', kind: 'word', sql: METER },
  {
    name: 'SkuPriceDetails',
    kind: 'word',
    sql: `toJSONString(mapFilter((k, v) -> v != '', map('x_ServiceTier', service_tier, 'x_TokensAbove', if(above > 0, toString(above), ''))))`,
  },
  {
    name: 'SkuPriceId',
    kind: 'text',
    sql: `concat(${SKU}, if(service_tier = '', '', concat('@', service_tier)), if(above > 0, concat('>', toString(above)), ''))`,
  },
  {
    name: 'Tags',
    kind: 'word',
    sql: `toJSONString(mapFilter((k, v) -> v != '', map('team', toValidUTF8(${key('team')}), 'cost_center', toValidUTF8(${key('costCenter')}), 'customer', toValidUTF8(${key('customer')}), 'environment', toValidUTF8(${key('env')}))))`,
  },
  { name: 'x_AgentName', kind: 'text', sql: set('agent') },
  { name: 'x_AllocatedCost', kind: 'number', sql: 'if(is_share, billed, toDecimal128(0, 9))' },
  { name: 'x_AllocationMethod', kind: 'word', sql: "nullIf(share_by, '')" },
  { name: 'x_AllocationName', kind: 'text', sql: "nullIf(share_of, '')" },
  { name: 'x_CallCount', kind: 'number', sql: 'calls' },
  { name: 'x_CostCenter', kind: 'text', sql: set('costCenter') },
  { name: 'x_CostComponent', kind: 'word', sql: 'toString(component)' },
  {
    name: 'x_CoverageRatio',
    kind: 'number',
    sql: 'if(all_priced + all_unpriced = 0, NULL, toDecimal64(toInt64(all_priced), 4) / toInt64(all_priced + all_unpriced))',
  },
  { name: 'x_CustomerName', kind: 'text', sql: set('customer') },
  { name: 'x_EnvironmentName', kind: 'text', sql: set('env') },
  { name: 'x_ModelName', kind: 'text', sql: set('model') },
  { name: 'x_Outcome', kind: 'word', sql: set('outcome') },
  {
    name: 'x_PriceSource',
    kind: 'word',
    sql: "multiIf(is_share OR is_credit, NULL, rate IS NULL, 'effective', 'price book')",
  },
  { name: 'x_ServiceTier', kind: 'text', sql: "nullIf(service_tier, '')" },
  { name: 'x_TeamName', kind: 'text', sql: set('team') },
  { name: 'x_TokenType', kind: 'word', sql: `if(bucket > 0, ${listSql(USAGE_BUCKETS)}[bucket], NULL)` },
  { name: 'x_ToolName', kind: 'text', sql: set('tool') },
  { name: 'x_WorkflowName', kind: 'text', sql: set('workflow') },
]
