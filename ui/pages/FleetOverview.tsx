import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Overview } from '../../schema/api/shapes.ts'
import { modelsQuery, overviewQuery } from '../api/queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { Money } from '../components/values.tsx'
import { useScope } from '../search/use-scope.ts'
import {
  formatCount,
  formatInterval,
  formatPercent,
  formatUsd,
  plural,
  pointDelta,
  relativeDelta,
} from '../util/format.ts'
import { comparable, costPerSuccessOf, successOf } from '../util/outcomes.ts'
import { wilson } from '../util/rate.ts'

/** The range in six figures, each against the period of equal length before. */
export const FleetOverview = () => {
  const scope = useScope()
  const overview = useQuery(overviewQuery(scope.query, { live: scope.live }))
  const previous = useQuery(overviewQuery(scope.previous))
  if (overview.isError && !overview.data) {
    return <ErrorState error={overview.error} subject="The overview" onRetry={() => void overview.refetch()} />
  }
  return <Figures now={overview.data} before={comparable(overview.data, previous.data, (one) => one.runs)} />
}

interface Props {
  readonly now: Overview | undefined
  readonly before: Overview | undefined
}

const Figures = ({ now, before }: Props) => {
  const success = now && successOf(now.outcomes)
  const perSuccess = now && costPerSuccessOf(now)
  const perSuccessBefore = before && costPerSuccessOf(before)
  return (
    <FigureRow label="Overview">
      <Figure
        label="Runs"
        value={now ? formatCount(now.runs) : null}
        delta={now && before ? relativeDelta(now.runs, before.runs) : null}
        source="Runs that ended in this time, counted once whatever reported them. Settled: an outcome is known."
      >
        {success?.coverage != null && `${formatPercent(success.coverage, 0)} settled`}
      </Figure>
      <Figure
        label="Task success"
        value={success ? (success.value === null ? '–' : formatPercent(success.value)) : null}
        delta={success && before ? pointDelta(success.value, successOf(before.outcomes).value, success.interval) : null}
        better="up"
        source="Successes of settled runs, with the 95 % Wilson interval. Abandoned runs and infrastructure errors are left out."
      >
        {success?.interval ? `${formatInterval(success.interval)} of ${formatCount(success.valid)}` : 'no outcome yet'}
      </Figure>
      <Figure
        label="Spend"
        value={now ? <Money usd={now.costUsd} status={now.runs === 0 ? 'complete' : now.costStatus} /> : null}
        delta={now && before ? relativeDelta(Number(now.costUsd), Number(before.costUsd)) : null}
        source="Cost of every model call in this time: as reported, else computed from the price book. Calls without a price are not in it."
      >
        {now && plural(now.modelCalls, 'model call')}
      </Figure>
      <Figure
        label="Cost per success"
        value={now ? (perSuccess == null ? '–' : formatUsd(perSuccess)) : null}
        delta={perSuccess != null && perSuccessBefore != null ? relativeDelta(perSuccess, perSuccessBefore) : null}
        better="down"
        provisional={success?.provisional ?? false}
        source="Cost of all runs, failed ones included, by the number that succeeded."
      >
        {now && plural(now.outcomes.success, 'success', 'successes')}
      </Figure>
      <GuardrailFigure now={now} before={before} />
      <UnpricedFigure now={now} />
    </FigureRow>
  )
}

const GuardrailFigure = ({ now, before }: Props) => {
  const rate = (overview: Overview | undefined) =>
    overview && overview.guardrails.evaluations > 0 ? overview.guardrails.hits / overview.guardrails.evaluations : null
  const interval = now && wilson(now.guardrails.hits, now.guardrails.evaluations)
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
          ? `${formatInterval(interval)} of ${plural(now.guardrails.evaluations, 'check')}`
          : 'no guardrail was asked')}
    </Figure>
  )
}

const UnpricedFigure = ({ now }: { readonly now: Overview | undefined }) => {
  const scope = useScope()
  const unpriced = now && now.unpricedCalls > 0
  const models = useQuery({ ...modelsQuery(scope.query), enabled: Boolean(unpriced) })
  const names = models.data?.items.filter((item) => item.unpricedCalls > 0).map((item) => item.key.model ?? '') ?? []
  const calls = now ? now.modelCalls + now.embeddingCalls : 0
  return (
    <Figure
      label="Unpriced"
      value={now ? formatPercent(calls > 0 ? now.unpricedCalls / calls : 0) : null}
      source="Model calls of a model without a known price. They are counted, and their cost is not guessed."
    >
      {unpriced ? (
        <>
          of calls:{' '}
          <Link to="/models" search={{ sort: '-unpriced' }} className="mono">
            {names[0] ?? plural(now.unpricedCalls, 'call')}
          </Link>
          {names.length > 1 && ` and ${names.length - 1} more`}
        </>
      ) : (
        now && 'every call has a price'
      )}
    </Figure>
  )
}
