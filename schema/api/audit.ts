import { z } from 'zod'
import { isoTime } from './shapes.ts'

/** One entry of the audit log: a setting that changed, or a job that rewrote history. */
export const AuditItem = z.object({
  id: z.string(),
  time: isoTime,
  actor: z.string().describe('name of the key; `local` where none is needed'),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditItem = z.infer<typeof AuditItem>
