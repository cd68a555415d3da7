import { Fragment } from 'react'
import type { Usage } from '../../schema/api/shapes.ts'
import { formatCount, formatDuration, formatPercent, formatTokens, formatUsd } from '../util/format.ts'
import { useNow } from '../util/now.ts'
import { useZone } from '../util/preferences.ts'
import { formatAgo, formatExact, formatMoment } from '../util/time-format.ts'

type CostStatus = 'complete' | 'partial' | 'none' | 'free' | 'reported' | 'computed' | 'unpriced' | null

interface MoneyProps {
  readonly usd: string | null
  /** Of a run or list (`complete|partial|none`) or of one call (`free|reported|computed|unpriced`). */
  readonly status?: CostStatus
}

/** Money with its significant digits. What has no price shows a dash and says so: a missing price is never $0. */
export const Money = ({ usd, status = 'complete' }: MoneyProps) => {
  if (status === 'none' || status === 'unpriced') return <Unpriced />
  if (usd === null) return <Missing />
  if (status === 'partial' && Number(usd) < PRICED_USD_MIN) {
    return <Unpriced priced={usd} />
  }
  if (status === 'partial') {
    return (
      <span className="num" title={`At least $${usd}: some calls used a model without a price`}>
        <AtLeast />
        {formatUsd(usd)}
      </span>
    )
  }
  return (
    <span className="num" title={titleOf(usd, status)}>
      {formatUsd(usd)}
    </span>
  )
}

const titleOf = (usd: string, status: CostStatus) =>
  status === 'reported'
    ? `$${usd}, as the emitter reported it`
    : status === 'computed'
      ? `$${usd}, from the price book`
      : `$${usd}`

/** Below this the calls that do have a price are crumbs (an embedding beside an unpriced model): "at least" would say nothing. */
const PRICED_USD_MIN = 0.0001

/** Whether a figure worked out from a cost would say nothing, because what was dear in it has no price. */
export const isUnpriced = (cost: { readonly costUsd: string; readonly costStatus: CostStatus }): boolean =>
  cost.costStatus === 'none' || (cost.costStatus === 'partial' && Number(cost.costUsd) < PRICED_USD_MIN)

export const Unpriced = ({ priced }: { readonly priced?: string }) => (
  <span
    className="faint"
    title={
      priced
        ? `No price is known for the main model; the other calls cost $${priced}`
        : 'No price is known for the model of these calls'
    }
  >
    —<span className="small"> unpriced</span>
  </span>
)

/** Nothing to show. Read aloud as such, not as "dash". */
export const Missing = ({ why = 'no value' }: { readonly why?: string }) => (
  <span className="faint" title={why}>
    <span aria-hidden="true">–</span>
    <span className="sr">{why}</span>
  </span>
)

export const Duration = ({ ms }: { readonly ms: number | null }) =>
  ms === null ? (
    <Missing />
  ) : (
    <span className="num" title={`${formatCount(Math.round(ms * 1000) / 1000)} ms`}>
      {formatDuration(ms)}
    </span>
  )

/** Tokens as `3,204 → 118`; the buckets on hover. */
export const Tokens = ({ usage }: { readonly usage: Usage }) => (
  <span className="num" title={usageText(usage)}>
    {formatTokens(usage.inputTotal)} <Arrow /> {formatTokens(usage.outputTotal)}
  </span>
)

/** An arrow that is drawn: the sign is in few text fonts. Read as "to". */
export const Arrow = () => (
  <>
    <svg
      width="11"
      height="9"
      viewBox="0 0 11 9"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M1 4.5h9M6.5 1 10 4.5 6.5 8" />
    </svg>
    <span className="sr">to</span>
  </>
)

/** A sign that is drawn: the bundled fonts lack it. Read as "at least". */
export const AtLeast = () => (
  <>
    <svg
      width="10"
      height="10"
      viewBox="0 0 10 10"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ marginRight: 3, verticalAlign: '-0.5px' }}
    >
      <path d="M1.2 1 8.4 3.9 1.2 6.8M1.2 9.2h7.2" />
    </svg>
    <span className="sr">at least </span>
  </>
)

/** A text with its arrows drawn. */
export const Arrows = ({ text }: { readonly text: string }) =>
  text.split('→').map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no name but their place.
    <Fragment key={i}>
      {i > 0 && <Arrow />}
      {part}
    </Fragment>
  ))

/** Every bucket that holds something, one a line; and which ones the emitter folded into their parent. */
export const usageText = (usage: Usage): string => {
  const lines = [
    ['input', usage.inputTotal],
    ['  not cached', usage.inputUncached],
    ['  cache read', usage.cacheRead],
    ['  cache write 5 min', usage.cacheWrite5m],
    ['  cache write 1 h', usage.cacheWrite1h],
    ['  audio', usage.inputAudio],
    ['  image', usage.inputImage],
    ['output', usage.outputTotal],
    ['  text', usage.outputText],
    ['  reasoning', usage.reasoning],
    ['  audio', usage.outputAudio],
    ['  image', usage.outputImage],
  ] as const
  const shown = lines
    .filter(([label, n]) => n > 0 || !label.startsWith(' '))
    .map(([label, n]) => `${label} ${formatCount(n)}`)
  return [
    ...shown,
    ...(usage.unreported.length > 0 ? [`not reported apart: ${usage.unreported.join(', ')}`] : []),
  ].join('\n')
}

/** Share of the input that came from the cache, or nothing where none did. */
export const cachedText = (usage: Usage): string =>
  usage.cacheRead > 0 && usage.inputTotal > 0 ? `${formatPercent(usage.cacheRead / usage.inputTotal, 0)} cached` : ''

/** Relative, with the absolute on hover. `time` is ISO 8601. */
export const TimeAgo = ({ time }: { readonly time: string }) => {
  const now = useNow()
  const zone = useZone()
  const ms = Date.parse(time)
  return (
    <time className="num" dateTime={time} title={formatExact(ms, zone)}>
      {formatAgo(ms, Math.max(now, Date.now() - 10_000))}
    </time>
  )
}

/** Absolute, in the zone of the page. */
export const Moment = ({ time }: { readonly time: string }) => {
  const zone = useZone()
  const ms = Date.parse(time)
  return (
    <time className="num" dateTime={time} title={formatExact(ms, zone)}>
      {formatMoment(ms, zone)}
    </time>
  )
}
