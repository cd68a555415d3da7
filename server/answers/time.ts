/** Nanoseconds since the epoch as ISO 8601 UTC: with milliseconds, and with nanoseconds where there are any. */
export const isoOfNanos = (nanos: bigint | string): string => {
  const value = BigInt(nanos)
  const ms = value >= 0n ? value / 1_000_000n : -((-value + 999_999n) / 1_000_000n)
  const rest = value - ms * 1_000_000n
  const iso = new Date(Number(ms)).toISOString()
  return rest === 0n ? iso : iso.replace('Z', `${rest.toString().padStart(6, '0')}Z`)
}

export const isoOfMs = (ms: number): string => new Date(ms).toISOString()

/** Milliseconds, to the microsecond. */
export const msOfNanos = (nanos: bigint | string | number): number => Math.round(Number(nanos) / 1000) / 1000
