import type { MappedResult, MappedUsage, Mapping } from '../../schema/api/mapping.ts'
import { KindChip } from '../components/KindChip.tsx'
import type { MappingFate } from '../search/pages.ts'
import { formatCount, formatDuration, formatUsd } from '../util/format.ts'
import { Attributes } from './Attributes.tsx'
import styles from './mapping.module.css'

interface Props {
  readonly mapping: Mapping
  readonly show: MappingFate | undefined
  readonly onShow: (show: MappingFate | undefined) => void
}

/** One record: what it was read as and why, what was read out of it, and each attribute's fate. */
export const MappingView = ({ mapping, show, onShow }: Props) => {
  const { record, name, scope, kind, result, mapperVersion } = mapping
  return (
    <article aria-label={`How ${name || 'the record'} was read`}>
      <header className={styles.head}>
        <h2>
          <KindChip kind={kind.value} />
          <span>{name || (record === 'span' ? 'a span without a name' : 'a log record')}</span>
        </h2>
        <p>
          Read as <span className="b">{kind.value}</span>: {kind.why}.
        </p>
        <p className="muted small">
          {[
            result?.dialect ? `dialect ${result.dialect}` : 'no dialect was recognised',
            scope.name && `scope ${scope.name} ${scope.version}`.trim(),
            `rules of version ${mapperVersion}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {!result && <p className="muted">It tells of no call, tool or decision: it is kept as a record.</p>}
      </header>
      {result && <Facts result={result} />}
      {result?.usage && <Usage usage={result.usage} />}
      <Attributes attributes={mapping.attributes} show={show} onShow={onShow} />
    </article>
  )
}

const LABELS: readonly (readonly [keyof MappedResult, string])[] = [
  ['model', 'Model'],
  ['requestModel', 'Model asked for'],
  ['provider', 'Provider'],
  ['agent', 'Agent'],
  ['agentVersion', 'Agent version'],
  ['workflow', 'Workflow'],
  ['tool', 'Tool'],
  ['toolCallId', 'Tool call'],
  ['toolArguments', 'Tool arguments'],
  ['guardrail', 'Guardrail'],
  ['verdict', 'Verdict'],
  ['session', 'Session'],
  ['user', 'User'],
  ['environment', 'Environment'],
  ['team', 'Team'],
  ['costCenter', 'Cost center'],
  ['customer', 'Customer'],
  ['prompt', 'Prompt'],
  ['promptVersion', 'Prompt version'],
  ['responseId', 'Response'],
  ['finishReason', 'Finished'],
  ['serviceTier', 'Service tier'],
  ['errorType', 'Error'],
  ['inputPreview', 'Input'],
  ['outputPreview', 'Output'],
]

const Facts = ({ result }: { readonly result: MappedResult }) => {
  const texts = LABELS.flatMap(([field, label]) => (result[field] ? [[label, String(result[field])] as const] : []))
  const facts: readonly (readonly [string, string])[] = [
    ...texts,
    ...(result.costReportedUsd === null ? [] : [['Cost as reported', formatUsd(result.costReportedUsd)] as const]),
    ...(result.ttftMs === null ? [] : [['First token', formatDuration(result.ttftMs)] as const]),
    ...(result.failed ? [['Failed', 'yes'] as const] : []),
    ...result.scores.map(({ name, label, value }) => [`Score ${name}`, label || String(value ?? '')] as const),
  ]
  if (facts.length === 0) return null
  return (
    <dl className={`${styles.facts} num`} aria-label="What was read out of it">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const BUCKETS = [
  ['inputUncached', 'not cached'],
  ['cacheRead', 'cache read'],
  ['cacheWrite5m', 'cache write 5 min'],
  ['cacheWrite1h', 'cache write 1 h'],
  ['inputAudio', 'audio in'],
  ['inputImage', 'image in'],
  ['outputText', 'text out'],
  ['reasoning', 'reasoning'],
  ['outputAudio', 'audio out'],
  ['outputImage', 'image out'],
] as const

const Usage = ({ usage }: { readonly usage: MappedUsage }) => (
  <section className={`${styles.usage} num`} aria-label="Tokens">
    <h3 className="eyebrow">Tokens</h3>
    <p>
      <span className="b">{formatCount(usage.inputTotal)}</span> in,{' '}
      <span className="b">{formatCount(usage.outputTotal)}</span> out
      {usage.conflict && <span className="amber"> · the numbers contradict each other, the parts are believed</span>}
    </p>
    <p className={`${styles.buckets} muted`}>
      {BUCKETS.filter(([bucket]) => usage[bucket] > 0).map(([bucket, label]) => (
        <span key={bucket}>
          {label} {formatCount(usage[bucket])}
          {!usage.reported.includes(bucket) && <span className="faint"> (what is left)</span>}
        </span>
      ))}
    </p>
    <p className="muted">
      {sentence(usage.explanation)} <span className="faint mono">{usage.semantics}</span>
    </p>
    <p className="muted">{sentence(usage.counts)}</p>
  </section>
)

const sentence = (text: string) => (text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}.`)
