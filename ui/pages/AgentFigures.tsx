import type { UsageItem } from '../../schema/api/shapes.ts'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { Money } from '../components/values.tsx'
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatUsd,
  plural,
  pointDelta,
  relativeDelta,
} from '../util/format.ts'
import { wilson } from '../util/rate.ts'

interface Props {
  /** Undefined while it loads. */
  readonly now: UsageItem | undefined
  readonly before: UsageItem | undefined
}

/** One agent in six figures, against the period of equal length before. */
export const AgentFigures = ({ now, before }: Props) => (
  <FigureRow label="This agent">
    <Figure
      label="Runs"
      value={now ? formatCount(now.runs) : null}
      delta={now && before ? relativeDelta(now.runs, before.runs) : null}
      source="Runs of this agent that ended in this time."
    >
      {now?.success?.coverage != null && `${formatPercent(now.success.coverage, 0)} settled`}
    </Figure>
    <Figure
      label="Task success"
      value={now ? (now.success?.value == null ? '–' : formatPercent(now.success.value)) : null}
      delta={now?.success ? pointDelta(now.success.value, before?.success?.value, now.success.interval) : null}
      better="up"
      provisional={now?.success?.provisional ?? false}
      source="Successes of settled runs, with the 95 % Wilson interval."
    >
      {now?.success?.interval
        ? `${formatInterval(now.success.interval)} of ${formatCount(now.success.valid)}`
        : 'no outcome yet'}
    </Figure>
    <Figure
      label="Cost per success"
      value={now ? (now.costPerSuccess === null ? '–' : formatUsd(now.costPerSuccess)) : null}
      delta={
        now?.costPerSuccess && before?.costPerSuccess
          ? relativeDelta(Number(now.costPerSuccess), Number(before.costPerSuccess), Math.min(now.runs, before.runs))
          : null
      }
      better="down"
      source="Cost of all its runs, failed ones included, by the number that succeeded."
    >
      {now?.success && plural(now.success.good, 'success', 'successes')}
    </Figure>
    <Figure
      label="Spend"
      value={now ? <Money usd={now.costUsd} status={now.costStatus} /> : null}
      delta={now && before ? relativeDelta(Number(now.costUsd), Number(before.costUsd)) : null}
      source="Cost of its model calls: as reported, else computed from the price book."
    >
      {now && now.unpricedCalls > 0 ? `${plural(now.unpricedCalls, 'call')} unpriced` : 'every call has a price'}
    </Figure>
    <Figure
      label="p95"
      value={now ? formatDuration(now.p95Ms) : null}
      delta={
        now?.p95Ms && before?.p95Ms ? relativeDelta(now.p95Ms, before.p95Ms, Math.min(now.runs, before.runs)) : null
      }
      better="down"
      source="95 of 100 runs took at most this long."
    >
      {now && `p50 ${formatDuration(now.p50Ms)}`}
    </Figure>
    <GuardrailFigure now={now} before={before} />
  </FigureRow>
)

const GuardrailFigure = ({ now, before }: Props) => {
  const rate = (item: UsageItem | undefined) =>
    item?.guardrailEvaluations ? (item.guardrailHits ?? 0) / item.guardrailEvaluations : null
  const interval = now?.guardrailEvaluations ? wilson(now.guardrailHits ?? 0, now.guardrailEvaluations) : null
  const value = rate(now)
  return (
    <Figure
      label="Guardrail hits"
      value={now ? (value === null ? '–' : formatPercent(value)) : null}
      delta={pointDelta(value, rate(before), interval)}
      source="Guardrail evaluations that flagged, redacted, blocked or escalated, of all evaluations, with the 95 % Wilson interval."
    >
      {now &&
        (interval
          ? `${formatInterval(interval)} of ${plural(now.guardrailEvaluations ?? 0, 'check')}`
          : 'no guardrail was asked')}
    </Figure>
  )
}
