import { z } from 'zod'
import { COMPONENTS } from '../model/component.ts'
import { DIMENSION_NAMES, type DimensionName, isDimension } from '../model/dimension.ts'
import { INTERVALS } from './costs.ts'
import { AsFile, EXPORT_FORMATS, ExportForm, Format, many, Paging, RunFilters } from './endpoint.ts'

/** What questions about money take. */
export const DIMENSIONS_MAX = 4

/** `by=team,model` and `by=team&by=model` say the same. */
export const dimensions = (max: number, from: readonly DimensionName[] = DIMENSION_NAMES) =>
  z
    .union([z.string(), z.array(z.string())])
    .describe(`at most ${max} of ${from.join(', ')}; repeated or with commas`)
    .transform((given, context): DimensionName[] => {
      const names = [given]
        .flat()
        .flatMap((text) => text.split(','))
        .map((name) => name.trim())
        .filter((name) => name !== '')
      const distinct = [...new Set(names)]
      const unknown = distinct.find((name) => !isDimension(name) || !from.includes(name))
      if (unknown !== undefined)
        context.addIssue(`${unknown.slice(0, 40)} is no dimension here: take ${from.join(', ')}`)
      if (distinct.length > max) context.addIssue(`at most ${max} dimensions at once`)
      return distinct.filter(isDimension)
    })

const component = z.enum(COMPONENTS)

/** Filters of a cost question: those of every report, and one for each other dimension. `(not set)` stands for what telemetry did not say. */
export const CostFilters = z.object({
  ...RunFilters.shape,
  costCenter: many.optional(),
  workflow: many.optional(),
  provider: many.optional().describe('calls of this provider'),
  callVersion: many.optional().describe("calls of this version of their own agent: the dimension 'version'"),
  component: z
    .union([component, z.array(component)])
    .transform((given) => [given].flat())
    .optional(),
  run: many.optional().describe('runs by their id, 32 hex digits'),
})
export type CostFilters = z.output<typeof CostFilters>

export const CostMoment = z.object({
  as_of: z
    .string()
    .optional()
    .describe('ISO 8601 or now-7d: the answer as it was then. Take asOf of an answer to get the same again'),
})

const CostPivot = z.object({
  ...CostFilters.shape,
  ...CostMoment.shape,
  by: dimensions(DIMENSIONS_MAX).optional(),
  interval: z.enum(INTERVALS).optional().describe('UTC hour, day, ISO week or month of the start of the call'),
  sort: z.enum(['-cost', 'cost', 'period']).default('-cost').describe('period: the oldest first, then the dearest'),
  shared: z
    .enum(['include', 'exclude'])
    .default('include')
    .describe('exclude: without shares of costs that belong to no run'),
})
export const CostQuery = z.object({ ...CostPivot.shape, ...Paging.shape, ...ExportForm.shape })
export type CostQuery = z.output<typeof CostQuery>

/** The same words as the export that it tells of. */
export const CostFileQuery = z.object({
  ...CostPivot.shape,
  ...AsFile.shape,
  format: z.enum(EXPORT_FORMATS).default('csv').describe('of the file'),
})
export type CostFileQuery = z.output<typeof CostFileQuery>

/** What a run as a whole is known by. `agent` is that of its root, `version` the one that it ran with (semantics.md §0). */
export const OUTCOME_DIMENSIONS = [
  'agent',
  'version',
  'workflow',
  'customer',
  'team',
  'costCenter',
  'env',
  'user',
] as const satisfies readonly DimensionName[]

export const CostPerOutcomeQuery = z.object({
  ...RunFilters.shape,
  costCenter: many.optional(),
  workflow: many.optional(),
  run: many.optional(),
  ...CostMoment.shape,
  ...Paging.shape,
  ...Format.shape,
  by: dimensions(2, OUTCOME_DIMENSIONS).optional().describe('at most two; agent where not given'),
  interval: z.enum(INTERVALS).optional().describe('UTC period of the end of the run: the trend'),
  sort: z.enum(['-cost', 'cost', 'period']).default('-cost'),
  unsettled: z
    .enum(['bad', 'exclude'])
    .optional()
    .describe(
      'what runs without an outcome count for: their cost and no success, or nothing at all. Absent: what the project says, else bad',
    ),
  settleAfterHours: z.coerce
    .number()
    .min(0)
    .max(24 * 366)
    .optional()
    .describe(
      'how long an outcome is waited for: until then the figure is provisional. Absent: what the project says of each workflow, else 24',
    ),
})
export type CostPerOutcomeQuery = z.output<typeof CostPerOutcomeQuery>

export const SAVING_DIMENSIONS = [
  'agent',
  'model',
  'provider',
  'team',
  'costCenter',
  'version',
  'workflow',
  'customer',
  'env',
] as const satisfies readonly DimensionName[]

export const SavingsQuery = z.object({
  ...CostFilters.shape,
  ...CostMoment.shape,
  by: dimensions(2, SAVING_DIMENSIONS).optional().describe('at most two; agent where not given'),
})
