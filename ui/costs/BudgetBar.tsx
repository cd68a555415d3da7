import type { BudgetState } from '../../schema/api/budgets.ts'
import { useElementWidth } from '../components/use-element-size.ts'
import { formatPercent } from '../util/format.ts'
import { formatAmount, stateWords } from './budget-words.ts'

const HEIGHT = 34
const BAR_TOP = 12
const BAR_HEIGHT = 9

/** Spent as a bar, thresholds as ticks, the limit as a line, the forecast as a dot with its P10–P90 whisker. */
export const BudgetBar = ({ state }: { readonly state: BudgetState }) => {
  const [box, width] = useElementWidth<HTMLDivElement>()
  const { budget } = state
  const limit = Number(budget.limit)
  const spent = Number(state.spent)
  const high = Number(state.p90 ?? state.forecast ?? 0)
  const top = Math.max(limit, spent, high) * 1.04 || 1
  const x = (value: number) => Math.max(0, Math.min(width, (value / top) * width))
  const { hue } = stateWords(state)
  const middle = BAR_TOP + BAR_HEIGHT / 2
  return (
    <div ref={box} style={{ minWidth: 0 }}>
      <svg width={width} height={HEIGHT} role="img" aria-label={spoken(state)} style={{ display: 'block' }}>
        <title>{spoken(state)}</title>
        <rect x="0" y={BAR_TOP} width={x(limit)} height={BAR_HEIGHT} rx="3" fill="var(--line)" />
        <rect
          x="0"
          y={BAR_TOP}
          width={x(spent)}
          height={BAR_HEIGHT}
          rx="3"
          fill={`var(--${hue === 'ok' ? 'bar' : hue})`}
        />
        {budget.thresholds
          .filter((threshold) => threshold < 1)
          .map((threshold) => (
            <line
              key={threshold}
              x1={x(limit * threshold)}
              x2={x(limit * threshold)}
              y1={BAR_TOP - 3}
              y2={BAR_TOP + BAR_HEIGHT + 3}
              stroke="var(--muted)"
              strokeDasharray="2 2"
            />
          ))}
        <line
          x1={x(limit)}
          x2={x(limit)}
          y1={BAR_TOP - 6}
          y2={BAR_TOP + BAR_HEIGHT + 6}
          stroke="var(--text)"
          strokeWidth="1.5"
        />
        {state.p10 !== null && state.p90 !== null && (
          <line
            x1={x(Number(state.p10))}
            x2={x(Number(state.p90))}
            y1={middle}
            y2={middle}
            stroke="var(--accent)"
            strokeWidth="2"
            strokeLinecap="round"
          />
        )}
        {state.forecast !== null && (
          <circle
            cx={x(Number(state.forecast))}
            cy={middle}
            r="4"
            fill="var(--panel)"
            stroke="var(--accent)"
            strokeWidth="2"
          />
        )}
      </svg>
    </div>
  )
}

const spoken = (state: BudgetState): string => {
  const { metric, limit } = state.budget
  const range =
    state.p10 !== null && state.p90 !== null
      ? ` (P10 ${formatAmount(metric, state.p10)}, P90 ${formatAmount(metric, state.p90)})`
      : ''
  const forecast = state.forecast === null ? '' : `; forecast ${formatAmount(metric, state.forecast)}${range}`
  return `${formatAmount(metric, state.spent)} of ${formatAmount(metric, limit)}, ${formatPercent(state.share, 0)}${forecast}`
}
