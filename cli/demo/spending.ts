import type { TelemetrySpan } from '../otlp/telemetry.ts'
import type { StoryNode } from './story-model.ts'

/** What tools of the demo cost beside any model: postage, a vendor's search. */
const TOOL_FEES_USD: Readonly<Record<string, number>> = {
  create_return_label: 0.42,
  create_exchange: 0.35,
  web_search: 0.01,
}

/** A person reads this much of a request and its answer in a minute, and is never done sooner than half of one. */
const CHARS_PER_MINUTE = 60
const MINUTES_MIN = 0.5

/** Money that a step tells of itself: the fee of a tool that worked, the minutes of whoever decided an approval. */
export const spendingOf = ({ body, error }: StoryNode): TelemetrySpan['attributes'] => {
  if (body.kind === 'tool') {
    const fee = TOOL_FEES_USD[body.call.name]
    return fee === undefined || error ? {} : { 'recount.tool.fee_usd': fee }
  }
  // Nobody looked at an approval that expired.
  if (body.kind === 'approval' && body.decision !== 'expired') {
    const minutes = MINUTES_MIN + Math.round(((body.tool.length + body.comment.length) / CHARS_PER_MINUTE) * 10) / 10
    return { 'recount.review.minutes': minutes }
  }
  return {}
}
