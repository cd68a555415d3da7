import { formatCount } from '../util/format.ts'

interface Props {
  readonly values: readonly number[]
  /** What is counted: "runs". */
  readonly label: string
  readonly width?: number
  readonly height?: number
  /** Of all sparklines of a column, where they are to be compared; else its own maximum. */
  readonly max?: number
}

/** Small bars over time. For ears: the total, the busiest and the last step in one sentence. */
export const Sparkline = ({ values, label, width = 110, height = 22, max }: Props) => {
  const top = Math.max(1, max ?? Math.max(0, ...values))
  const step = width / Math.max(1, values.length)
  const gap = step > 2.2 ? 0.8 : 0
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={spoken(values, label)}>
      {values.map((value, i) => {
        const h = value === 0 ? 0 : Math.max(1, (value / top) * (height - 1))
        // biome-ignore lint/suspicious/noArrayIndexKey: a step of time is its position.
        return <rect key={i} x={i * step} y={height - h} width={step - gap} height={h} fill="var(--bar)" />
      })}
    </svg>
  )
}

const spoken = (values: readonly number[], label: string) => {
  if (values.length === 0) return `No ${label}`
  const total = values.reduce((sum, value) => sum + value, 0)
  return `${formatCount(total)} ${label} in ${values.length} steps, at most ${formatCount(Math.max(...values))}, last ${formatCount(values.at(-1)!)}`
}
