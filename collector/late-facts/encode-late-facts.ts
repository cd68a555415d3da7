import { CHARGES } from '../../schema/clickhouse/charges-table.ts'
import { blockEncoder } from '../../schema/clickhouse/native-writer.ts'
import { SCORES } from '../../schema/clickhouse/scores-table.ts'
import type { Charge } from '../../schema/model/charge.ts'
import type { Score } from '../../schema/model/span.ts'
import { type BatchContext, type Section, targetsSection } from '../normalise/encode-batch.ts'
import { encodeKeys, mergeKeys } from '../spool/keys.ts'

/** Judgements and money that did not come as telemetry. */
export interface LateFacts {
  readonly scores: readonly Score[]
  readonly charges: readonly Charge[]
}

/** Their rows, and which traces, sessions and keys must be counted anew: from here on they are a request like any other. */
export const encodeLateFacts = (
  { scores, charges }: LateFacts,
  context: BatchContext & { readonly receivedAtMs: number },
): readonly Section[] => {
  const stored = <T>(row: T) => ({ row, ...context })
  const encodedScores = encodeScores(scores.map(stored))
  const encodedCharges = encodeCharges(charges.map(stored))
  if (encodedScores.rows < scores.length || encodedCharges.rows < charges.length)
    throw new RangeError('a number or time that no column can hold')
  const facts = [...scores, ...charges]
  const keys = mergeKeys(
    facts
      .filter(({ traceId }) => traceId !== '')
      .map(({ projectId, traceId }) => ({ projectId, traceId, minStart: undefined, maxStart: undefined })),
  )
  return [
    { table: 'scores' as const, format: 'Native' as const, ...encodedScores },
    { table: 'charges' as const, format: 'Native' as const, ...encodedCharges },
    { table: 'keys' as const, format: 'RowBinary' as const, rows: keys.length, bytes: encodeKeys(keys) },
    targetsSection(facts),
  ].filter(({ rows }) => rows > 0)
}

const encodeScores = blockEncoder(SCORES)
const encodeCharges = blockEncoder(CHARGES)
