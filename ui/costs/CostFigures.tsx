import type { CostReport } from '../../schema/api/costs.ts'
import type { Component } from '../../schema/model/component.ts'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { Money } from '../components/values.tsx'
import { formatCompact, formatCount, formatPercent, formatUsd, plural, relativeDelta } from '../util/format.ts'
import { COMPONENT_LABELS, componentColor } from './colors.ts'
import styles from './costs.module.css'
import { componentParts } from './pivot.ts'

interface Props {
  /** "Total this month". */
  readonly title: string
  /** Undefined while it loads. */
  readonly report: CostReport | undefined
  readonly before: CostReport | undefined
}

/** The totals of what is asked, before any split. */
export const CostFigures = ({ title, report, before }: Props) => {
  const total = report?.total
  const [main] = total ? componentParts(total.components) : []
  const perRun = total && total.runs > 0 ? Number(total.costUsd) / total.runs : null
  const perRunBefore = before && before.total.runs > 0 ? Number(before.total.costUsd) / before.total.runs : null
  return (
    <FigureRow label="Totals">
      <Figure
        label={title}
        value={total ? <Money usd={total.costUsd} status={total.costStatus} /> : null}
        delta={total && before ? relativeDelta(Number(total.costUsd), Number(before.total.costUsd)) : null}
        provisional={report?.provisional ?? false}
        source="Model calls, tools, human review, evaluation and platform together, by the UTC moment of each call. Only what has a price."
      >
        {report && coverageText(report)}
      </Figure>
      <Figure
        label={capital(main ? COMPONENT_LABELS[main.name as Component] : 'Model calls')}
        value={total ? (main ? formatPercent(main.share, main.share > 0.995 && main.share < 1 ? 1 : 0) : '–') : null}
        source="Parts of the total. Shared costs that belong to no run are in it where they were given."
      >
        {total && <Parts components={total.components} />}
      </Figure>
      <Figure
        label="Cost per run"
        value={total ? (perRun === null ? '–' : formatUsd(perRun)) : null}
        delta={perRun !== null && perRunBefore !== null ? relativeDelta(perRun, perRunBefore) : null}
        better="down"
        source="The total by the number of runs that had a call in this time."
      >
        {total && plural(total.runs, 'run')}
      </Figure>
      <Figure
        label="Tokens"
        value={total ? formatCompact(total.usage.inputTotal + total.usage.outputTotal) : null}
        delta={
          total && before
            ? relativeDelta(
                total.usage.inputTotal + total.usage.outputTotal,
                before.total.usage.inputTotal + before.total.usage.outputTotal,
              )
            : null
        }
        source="Tokens of every counted call, each in one bucket."
      >
        {total && `${plural(total.calls, 'call')}`}
      </Figure>
      <Figure
        label="Without a price"
        value={total ? <UnpricedCalls calls={total.unpricedCalls} /> : null}
        source="Calls with usage whose model has no known price. They are not in the total."
      >
        {total && (total.unpricedCalls === 0 ? 'every call has a price' : 'not in the total')}
      </Figure>
      <Figure
        label="Reported by the sender"
        value={total ? formatUsd(total.reportedUsd) : null}
        source="The part of the total that telemetry said itself; the rest was computed by the price book."
      >
        {total && allocatedText(total)}
      </Figure>
    </FigureRow>
  )
}

const coverageText = ({ coverage }: CostReport): string =>
  coverage === null
    ? 'no call with usage'
    : `${formatPercent(coverage, coverage > 0.99 && coverage < 1 ? 2 : 0)} priced`

const allocatedText = ({ allocatedUsd }: CostReport['total']): string =>
  Number(allocatedUsd) === 0 ? 'no shared cost in it' : `${formatUsd(allocatedUsd)} are shared costs`

const UnpricedCalls = ({ calls }: { readonly calls: number }) => (
  <span className={calls > 0 ? 'amber' : undefined}>
    {formatCount(calls)}
    <span className="sr"> calls</span>
  </span>
)

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const Parts = ({ components }: { readonly components: CostReport['total']['components'] }) => {
  const parts = componentParts(components)
  if (parts.length === 0) return <>nothing was spent</>
  return (
    <span className={styles.dots}>
      {parts.map(({ name, usd }) => (
        <span key={name} title={`$${usd}`}>
          <i className={styles.dot} style={{ background: componentColor(name) }} aria-hidden="true" />
          {COMPONENT_LABELS[name as keyof typeof COMPONENT_LABELS] ?? name} {formatUsd(usd)}
        </span>
      ))}
    </span>
  )
}
