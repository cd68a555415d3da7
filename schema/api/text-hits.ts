import { z } from 'zod'

/** Places where a text was found. */
export const TextHits = z.object({
  items: z.array(
    z.object({
      type: z.enum(['span', 'log']),
      traceId: z.string().describe('empty for a log record outside of any trace'),
      spanId: z.string(),
      runId: z.string(),
      sessionId: z.string(),
      time: z.string(),
      name: z.string(),
      kind: z.string(),
      agent: z.string(),
      where: z.string().describe('attribute, event, status, name or body that holds the text'),
      snippet: z.object({
        text: z.string(),
        marks: z
          .array(z.array(z.number().int()).length(2))
          .describe('start and end of each word found, in UTF-16 units'),
      }),
    }),
  ),
  next: z.string().nullable(),
  scanned: z
    .object({ from: z.string(), to: z.string(), spans: z.number().int() })
    .describe('what was looked through: the range so far, and about how many spans this request read'),
  truncated: z.boolean().describe('the range was not looked through to its beginning; next goes on'),
})
