import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Span } from '../../schema/api/shapes.ts'
import { CopyButton } from '../components/CopyButton.tsx'
import { JsonTree } from '../components/JsonTree.tsx'
import { formatCount, formatDuration, formatUsd } from '../util/format.ts'
import { formatExact } from '../util/time-format.ts'
import styles from './span.module.css'

/** Everything a span said, for whoever needs the last word: ids, times, attributes, resource, events, links. */
export const SpanDetail = ({ span, originNanos }: { readonly span: Span; readonly originNanos?: bigint }) => {
  const [filter, setFilter] = useState('')
  return (
    <div className={styles.detail}>
      <Facts span={span} {...(originNanos === undefined ? {} : { originNanos })} />
      <p>
        <Link to="/mapping" search={{ trace: span.traceId, span: span.spanId }} className="link">
          How was this read?
        </Link>
      </p>
      <input
        className={`input ${styles.filter}`}
        type="search"
        placeholder="Filter attributes"
        aria-label="Filter attributes"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <Attributes title="Attributes" attributes={span.attributes} filter={filter} />
      <Attributes title="Resource" attributes={span.resource} filter={filter} />
      <Events span={span} />
      <Links span={span} />
    </div>
  )
}

const Facts = ({ span, originNanos }: { readonly span: Span; readonly originNanos?: bigint }) => {
  const startMs = Number(BigInt(span.startNanos) / 1_000_000n)
  const offset = originNanos === undefined ? undefined : Number(BigInt(span.startNanos) - originNanos) / 1e6
  const facts: [string, string | undefined, boolean?][] = [
    ['Span', span.spanId, true],
    ['Parent', span.parentSpanId || undefined, true],
    ['Trace', span.traceId, true],
    ['Started', `${formatExact(startMs, 'UTC')}${offset === undefined ? '' : ` (+${formatDuration(offset)})`}`],
    ['Duration', formatDuration(Number(span.durationNanos) / 1e6)],
    ['First token', span.ttftMs === null ? undefined : formatDuration(span.ttftMs)],
    ['Status', [span.status, span.errorType, span.statusMessage].filter(Boolean).join(' · ')],
    ['Service', span.service],
    ['Agent', [span.agent, span.agentVersion].filter(Boolean).join(' ') || undefined],
    ['Model', [span.provider, span.model].filter(Boolean).join(' · ') || undefined],
    ['Asked for', span.requestModel && span.requestModel !== span.model ? span.requestModel : undefined],
    ['Response', span.responseId || undefined, true],
    ['Finished', span.finishReason || undefined],
    ['Prompt', [span.prompt, span.promptVersion].filter(Boolean).join(' ') || undefined],
    ['Policy', span.policyVersion || undefined],
    ['Tokens', tokens(span)],
    ['Cost', cost(span)],
    ['Scope', [span.scope.name, span.scope.version].filter(Boolean).join(' ') || undefined],
    [
      'Read as',
      `${span.kind}${span.rawKind ? ` (${span.rawKind})` : ''} by ${span.dialect || 'plain OTLP'}, rules ${span.mapperVersion}`,
    ],
  ]
  return (
    <dl className={`${styles.facts} num`}>
      {facts.map(
        ([name, value, isId]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={isId ? 'mono' : undefined}>
                {value}
                {isId && <CopyButton text={value} label={`Copy ${name.toLowerCase()} id`} />}
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}

const tokens = (span: Span): string | undefined => {
  const { usage } = span
  if (!usage) return undefined
  const cached = usage.cacheRead > 0 ? `, ${formatCount(usage.cacheRead)} cached` : ''
  const role = span.usageRole && span.usageRole !== 'self' ? ` · ${span.usageRole}, not counted twice` : ''
  const conflict = span.usageConflict ? ' · totals disagree' : ''
  return `${formatCount(usage.inputTotal)} in${cached}; ${formatCount(usage.outputTotal)} out${role}${conflict}`
}

const cost = (span: Span): string | undefined => {
  if (span.costStatus === 'unpriced') return 'no price for this model'
  if (span.costUsd === null) return undefined
  const from = span.costStatus === 'reported' ? 'as reported' : span.priceRef ? `by ${span.priceRef}` : span.costStatus
  return `${formatUsd(span.costUsd)} ${from ?? ''}`
}

interface AttributesProps {
  readonly title: string
  readonly attributes: Span['attributes']
  readonly filter: string
}

const LONG_CHARS = 160

const Attributes = ({ title, attributes, filter }: AttributesProps) => {
  const wanted = filter.toLowerCase()
  const all = Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b))
  const shown = all.filter(([key, value]) => `${key}\n${value}`.toLowerCase().includes(wanted))
  if (all.length === 0) return null
  return (
    <section>
      <h3 className="eyebrow">
        {title}{' '}
        <span className="num">{shown.length === all.length ? all.length : `${shown.length} of ${all.length}`}</span>
      </h3>
      <dl className={styles.attributes}>
        {shown.map(([key, value]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd>
              <Value value={value} label={key} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** JSON texts as trees, long texts folded, the rest as written. */
const Value = ({ value, label }: { readonly value: string | number | boolean; readonly label: string }) => {
  const text = String(value)
  if (typeof value === 'string' && /^\s*[[{]/.test(value)) return <JsonTree text={value} label={label} />
  if (text.length <= LONG_CHARS) return <span className="mono">{text}</span>
  return (
    <details className={styles.long}>
      <summary className="mono">
        {text.slice(0, LONG_CHARS)}… <span className="faint">{formatCount(text.length)} characters</span>
      </summary>
      <pre className="mono">{text}</pre>
    </details>
  )
}

const Events = ({ span }: { readonly span: Span }) => {
  if (span.events.length === 0) return null
  const start = BigInt(span.startNanos)
  return (
    <section>
      <h3 className="eyebrow">
        Events <span className="num">{span.events.length}</span>
      </h3>
      {span.events.map((event, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events of a closed span never move.
        <details key={i} className={styles.event}>
          <summary>
            <span className={event.name === 'exception' ? 'bad' : undefined}>{event.name}</span>{' '}
            <span className="faint num">+{formatDuration(Number(BigInt(event.timeNanos) - start) / 1e6)}</span>
          </summary>
          <JsonTree text={JSON.stringify(event.attributes)} label={event.name} />
        </details>
      ))}
    </section>
  )
}

const Links = ({ span }: { readonly span: Span }) => {
  if (span.links.length === 0) return null
  return (
    <section>
      <h3 className="eyebrow">
        Links <span className="num">{span.links.length}</span>
      </h3>
      {span.links.map((link) => (
        <p key={link.traceId + link.spanId}>
          <a className="link mono" href={`/traces/${link.traceId}?span=${link.spanId}`}>
            {link.traceId.slice(0, 8)}… / {link.spanId}
          </a>
        </p>
      ))}
    </section>
  )
}
