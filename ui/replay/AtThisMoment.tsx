import { formatCount, formatDuration, formatTokens, formatUsd } from '../util/format.ts'
import styles from './inspector.module.css'
import { formatLimitUsd, spentBy } from './limits.ts'
import type { ReplayModel } from './model.ts'

/** What the run had spent when this step ended, against what it may spend. */
export const AtThisMoment = ({ model, index }: { readonly model: ReplayModel; readonly index: number }) => {
  const step = model.rec.steps[index]!
  const limits = model.limitsFor(step.traceId)
  const run = spentBy(model.rec, index)
  const session = model.session.runCount > 1
  const { totals } = step
  const rows = [
    {
      name: 'Cost',
      all: formatUsd(totals.costUsd),
      used: run.usd,
      limit: limits.usd,
      format: formatUsd,
      formatLimit: formatLimitUsd,
    },
    {
      name: 'Tokens',
      all: formatTokens(totals.usage.inputTotal + totals.usage.outputTotal),
      used: run.tokens,
      limit: limits.tokens,
      format: formatTokens,
    },
    {
      name: 'Tool calls',
      all: formatCount(totals.toolCalls),
      used: run.toolCalls,
      limit: limits.toolCalls,
      format: formatCount,
    },
    {
      name: 'Time',
      all: formatDuration(Math.min(model.rec.endMs[index]!, model.rec.durationMs)),
      used: run.seconds,
      limit: limits.seconds,
      format: (s: number) => formatDuration(s * 1000),
    },
  ]
  return (
    <section aria-label="At this moment">
      <h3 className="eyebrow">At this moment</h3>
      <dl className={`${styles.facts} num`}>
        {rows.map((row) => (
          <Row key={row.name} {...row} session={session} />
        ))}
      </dl>
    </section>
  )
}

interface RowProps {
  readonly name: string
  readonly all: string
  readonly used: number
  readonly limit: number | undefined
  readonly format: (value: number) => string
  readonly formatLimit?: (value: number) => string
  readonly session: boolean
}

const Row = ({ name, all, used, limit, format, formatLimit = format, session }: RowProps) => (
  <>
    <dt>{name}</dt>
    <dd>
      {all}{' '}
      {limit !== undefined && (
        <>
          <span className="muted">
            {session
              ? `in the session; ${format(used)} of ${formatLimit(limit)} in this run`
              : `of ${formatLimit(limit)}`}
          </span>
          {/* biome-ignore lint/a11y/useSemanticElements: browsers do not let the bar of a <meter> take the tokens' colours. */}
          <span
            className={styles.meter}
            role="meter"
            aria-label={`${name} against its limit`}
            aria-valuemin={0}
            aria-valuemax={limit}
            aria-valuenow={Math.min(used, limit)}
            data-over={used > limit || undefined}
          >
            <i style={{ width: `${Math.min(100, (used / limit) * 100)}%` }} />
          </span>
        </>
      )}
    </dd>
  </>
)
