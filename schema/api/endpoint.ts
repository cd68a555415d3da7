import { z } from 'zod'
import { OUTCOMES } from '../model/kind.ts'

/** A filter may be repeated; repeated means "or" (semantics.md §0). Query strings give one value or many. */
export const many = z.union([z.string(), z.array(z.string())]).transform((v) => (Array.isArray(v) ? v : [v]))
const time = z.string().describe('ISO 8601 or relative: now-7d, now-24h, now')

export const TimeRange = z.object({ from: time.optional(), to: time.optional() })

/** Every list, report and overview takes these (semantics.md §0, "Filters"). They choose runs. */
export const RunFilters = z.object({
  ...TimeRange.shape,
  env: many.optional(),
  user: many.optional(),
  team: many.optional(),
  customer: many.optional(),
  outcome: z
    .union([z.enum(OUTCOMES), z.array(z.enum(OUTCOMES))])
    .transform((v) => (Array.isArray(v) ? v : [v]))
    .optional(),
  session: many.optional(),
  traceId: many.optional(),
  experiment: many.optional(),
  version: many.optional(),
  guardrail: many.optional(),
  score: many.optional(),
  errors: z.enum(['true', 'false']).optional().describe('true: only runs with a failed span'),
  minCostUsd: z.coerce.number().nonnegative().optional(),
  q: z.string().max(500).optional().describe('text in inputs, outputs and messages'),
  agent: many.optional(),
  model: many.optional(),
  tool: many.optional(),
})
export type RunFilters = z.infer<typeof RunFilters>

export const Paging = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2000).optional(),
})

/** Every JSON answer of a GET can be had as the SQL behind it; lists also as a table. `format` says so beside the route's own parameters. */
export const FORMATS = ['json', 'csv', 'sql'] as const
export const Format = z.object({
  format: z
    .enum(FORMATS)
    .optional()
    .describe('csv: the whole list, every page, to download. sql: the questions that were asked for this answer'),
})

/** Files of any size: all rows, never paged, the same bytes again for the same `as_of`. */
export const FILE_FORMATS = ['csv', 'jsonl', 'parquet', 'arrow'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]
export const EXPORT_FORMATS = [...FILE_FORMATS, 'focus'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
export const AsFile = z.object({
  as: z.enum(FILE_FORMATS).optional().describe('how format=focus is written; csv where not given'),
})
export const ExportForm = z.object({
  ...AsFile.shape,
  format: z
    .enum(['json', 'sql', ...EXPORT_FORMATS])
    .optional()
    .describe(
      'csv, jsonl, parquet, arrow: every row as a file, limit and cursor left aside; or ask with Accept. focus: FOCUS 1.2. sql: the question',
    ),
})

export const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })

export interface Endpoint {
  readonly method: 'get' | 'post' | 'put'
  readonly path: string
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** JSON that a POST or PUT takes. */
  readonly body?: z.ZodType
  /** Takes a file instead: its bytes as they are, checked by the handler. */
  readonly file?: { readonly bytesMax: number; readonly types: readonly string[] }
  /** Absent: the answer is not JSON (`/metrics`), or there is none. */
  readonly response?: z.ZodType
  /** Can be had as a file in every one of EXPORT_FORMATS. */
  readonly exports?: true
  /** Its `format` names the file it tells of; its own answer is JSON. */
  readonly ofFile?: true
  /** Success is 204: there is nothing to say. */
  readonly noContent?: boolean
  /** Answered without a key. */
  readonly open?: boolean
  /** What a key must be for; an admin's key is for everything. Absent: read. */
  readonly scope?: 'ingest' | 'read' | 'admin'
}
