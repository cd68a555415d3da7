import { STATUS_CODES } from 'node:http'
import type { Problem } from '../schema/api/shapes.ts'
import { DatabaseError } from '../schema/clickhouse/database.ts'
import { HttpProblem } from './problem.ts'

/** ClickHouse could be back at any moment; so soon asks a client again. */
const RETRY_AFTER_SECONDS = 2

export interface ErrorAnswer {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
  /** A fault of ours or of the engine: to be logged with its stack. */
  readonly unexpected: boolean
}

/** Error → status, once for the whole API. What a caller is told never holds a statement, a path or a stack. */
export const errorAnswer = (error: unknown): ErrorAnswer => {
  if (error instanceof HttpProblem) return answer(error.status, error.detail, error.retryAfterSeconds, false)
  if (!(error instanceof DatabaseError))
    return answer(500, 'The server failed on this request; its log has the details. Please report it.', undefined, true)
  switch (error.kind) {
    case 'unavailable':
      return answer(
        503,
        'ClickHouse does not answer. Try again in a moment; /readyz says what is wrong.',
        RETRY_AFTER_SECONDS,
        true,
      )
    case 'disk_full':
      return answer(
        503,
        'The disk that ClickHouse uses is full. Free space or lower --retention-days, then try again.',
        RETRY_AFTER_SECONDS,
        true,
      )
    case 'limit':
      return answer(
        504,
        'The question needs more time or memory than one may take. Narrow the time range or add a filter.',
        undefined,
        false,
      )
    case 'query':
      return answer(
        500,
        'The engine refused the query; the log of the server has the details. Please report it.',
        undefined,
        true,
      )
  }
}

const answer = (
  status: number,
  detail: string,
  retryAfterSeconds: number | undefined,
  unexpected: boolean,
): ErrorAnswer => ({
  problem: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail },
  headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  unexpected,
})
