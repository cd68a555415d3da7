export interface RepriceRequest {
  readonly projectId: number
  /** Calls that started in this half-open range are priced anew. */
  readonly fromNanos: bigint
  readonly toNanos: bigint
  /** Says what would change, and changes nothing. */
  readonly dryRun: boolean
  /** Rows are entered as of a later moment than this, so that a report as of it says what was said before. */
  readonly asOfBeforeMs: number
}

export const isInPeriod = (
  { startNanos }: { readonly startNanos: bigint },
  { fromNanos, toNanos }: Pick<RepriceRequest, 'fromNanos' | 'toNanos'>,
): boolean => startNanos >= fromNanos && startNanos < toNanos
