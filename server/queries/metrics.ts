import type { MetricName, MetricSeries } from '../../schema/api/metric-shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { type MetricType, TEMPORALITY } from '../../schema/model/metric.ts'
import { isoOfMs } from '../answers/time.ts'
import type { PointRow } from '../metrics/increase.ts'
import { seriesOf } from '../metrics/steps.ts'
import { badRequest } from '../problem.ts'
import { cursorOf, pageOf, parseCursor } from './cursor.ts'
import { sqlFile } from './sql-file.ts'
import { type BoundedRange, type Steps, stepsOf } from './time-range.ts'

const NAMES = sqlFile('metric-names')
const ABOUT = sqlFile('metric-about')
const POINTS = sqlFile('metric-points')
const SORT = 'name'
/** Points that are put together for one answer. */
const POINTS_MAX = 200_000
const STEPS_MAX = 2_000
/** How far before the range the point is looked for that a running total counts from: SDKs export every minute, some every few. */
const LOOK_BACK_MS = 15 * 60_000

export interface MetricFilter {
  readonly services: readonly string[]
  readonly envs: readonly string[]
}

interface NameRow {
  readonly name: string
  readonly type: MetricType
  readonly unit: string
  readonly description: string
  readonly temporalities: readonly number[]
  readonly is_monotonic: boolean
  readonly services: readonly string[]
  readonly series: number
  readonly points: number
  readonly last_ms: number
}

export const metricNames = async (
  database: Database,
  projectId: number,
  { fromMs, toMs }: BoundedRange,
  filter: MetricFilter & { readonly text: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: MetricName[]; next: string | null }> => {
  const [afterName = '', afterType = '', afterUnit = ''] = parseCursor(filter.cursor, SORT, 3)?.keys ?? []
  const rows = await database.query<NameRow>(NAMES, {
    project: projectId,
    fromMs,
    toMs,
    services: filter.services,
    envs: filter.envs,
    text: filter.text,
    afterName,
    afterType,
    afterUnit,
    limit: filter.limit + 1,
  })
  const { page, next } = pageOf(rows, filter.limit, (last) => cursorOf(SORT, last.name, last.type, last.unit))
  return {
    items: page.map((row) => ({
      name: row.name,
      type: row.type,
      unit: row.unit,
      description: row.description,
      temporality: temporalityOf(row.temporalities),
      isMonotonic: row.is_monotonic,
      services: [...row.services],
      series: row.series,
      points: row.points,
      lastTime: isoOfMs(row.last_ms),
    })),
    next,
  }
}

export interface MetricRequest extends MetricFilter {
  readonly name: string
  readonly type: MetricType | undefined
  readonly by: readonly string[]
  readonly quantiles: readonly number[]
  readonly stepSeconds: number | undefined
}

type AboutRow = Omit<NameRow, 'name' | 'services' | 'series' | 'last_ms'> & { readonly attributes: readonly string[] }

/** Undefined where no point of that name lies in the range. */
export const metricSeries = async (
  database: Database,
  projectId: number,
  range: BoundedRange,
  request: MetricRequest,
): Promise<MetricSeries | undefined> => {
  const { name, by, quantiles, services, envs } = request
  const { fromMs, toMs } = range
  const asked = { project: projectId, name, toMs }
  const [about] = await database.query<AboutRow>(ABOUT, { ...asked, fromMs, type: request.type ?? '' })
  if (!about) return undefined
  const { type, unit } = about
  const rows = await database.query<PointRow>(POINTS, {
    ...asked,
    type,
    unit,
    sinceMs: Math.max(0, fromMs - LOOK_BACK_MS),
    by,
    services,
    envs,
    limit: POINTS_MAX + 1,
  })
  if (rows.length > POINTS_MAX)
    throw badRequest(
      `More than ${POINTS_MAX} data points lie in this range. Ask for a shorter one, or for one service or env.`,
    )
  const steps = chosenSteps(range, request.stepSeconds)
  const question = { type, isMonotonic: about.is_monotonic, by, quantiles, fromMs, toMs, steps }
  return {
    name,
    type,
    unit,
    description: about.description,
    temporality: temporalityOf(about.temporalities),
    isMonotonic: about.is_monotonic,
    from: isoOfMs(fromMs),
    to: isoOfMs(toMs),
    stepMs: steps.stepMs,
    attributes: [...about.attributes],
    ...seriesOf(rows, question),
  }
}

const temporalityOf = (found: readonly number[]): MetricName['temporality'] => {
  if (found.length > 1) return 'mixed'
  return found[0] === TEMPORALITY.delta ? 'delta' : found[0] === TEMPORALITY.cumulative ? 'cumulative' : 'unspecified'
}

const chosenSteps = (range: BoundedRange, stepSeconds: number | undefined): Steps => {
  if (stepSeconds === undefined) return stepsOf(range)
  const stepMs = stepSeconds * 1000
  const firstMs = Math.floor(range.fromMs / stepMs) * stepMs
  const count = Math.ceil((range.toMs - firstMs) / stepMs)
  if (count > STEPS_MAX)
    throw badRequest(`step=${stepSeconds} makes ${count} steps; at most ${STEPS_MAX} are answered.`)
  return { stepMs, firstMs, count }
}
