import { Check, Minus } from 'lucide-react'
import type { MappedAttribute, MappedRule } from '../../schema/api/mapping.ts'
import pages from '../pages/pages.module.css'
import type { MappingFate } from '../search/pages.ts'
import styles from './mapping.module.css'

interface Props {
  readonly attributes: readonly MappedAttribute[]
  readonly show: MappingFate | undefined
  readonly onShow: (show: MappingFate | undefined) => void
}

interface Fate {
  readonly id: MappingFate
  readonly label: string
  readonly tone: string
  readonly why: string
}

const FATES: readonly Fate[] = [
  { id: 'used', label: 'used', tone: 'k k-ok', why: 'A rule took its value.' },
  { id: 'lost', label: 'lost', tone: 'k k-warn', why: 'Rules know it; another attribute was believed before it.' },
  { id: 'recognised', label: 'recognised', tone: 'k k-accent', why: 'Its name shows the dialect; no rule reads it.' },
  { id: 'unknown', label: 'unknown', tone: '', why: 'No rule knows it. It is kept as sent, and can be searched.' },
]

/** Every attribute, what became of it, and each rule that looked at it. */
export const Attributes = ({ attributes, show, onShow }: Props) => {
  const shown = attributes.filter(({ fate }) => show === undefined || fate === show)
  return (
    <section aria-label="Attributes">
      <div className={pages.heading}>
        <h2>Attribute by attribute</h2>
      </div>
      <fieldset className={`${pages.tools} num`} aria-label="Show">
        <button
          type="button"
          className={`chip ${pages.pick}`}
          aria-pressed={show === undefined}
          onClick={() => onShow(undefined)}
        >
          all {attributes.length}
        </button>
        {FATES.map(({ id, label, why }) => (
          <button
            type="button"
            key={id}
            className={`chip ${pages.pick}`}
            aria-pressed={show === id}
            title={why}
            onClick={() => onShow(show === id ? undefined : id)}
          >
            {label} {attributes.filter(({ fate }) => fate === id).length}
          </button>
        ))}
      </fieldset>
      {shown.length === 0 && <p className={pages.foot}>None of its attributes.</p>}
      <ul className={styles.attributes} aria-label="Attributes, one by one">
        {shown.map((attribute) => (
          <Attribute key={`${attribute.source} ${attribute.key} ${attribute.value}`} attribute={attribute} />
        ))}
      </ul>
    </section>
  )
}

const Attribute = ({ attribute }: { readonly attribute: MappedAttribute }) => {
  const { key, source, value, fate, rules } = attribute
  const known = FATES.find(({ id }) => id === fate)!
  return (
    <li className={styles.attribute}>
      <span>
        <span className={`chip ${known.tone}`} title={known.why}>
          {known.label}
        </span>
      </span>
      <span className={styles.key}>
        <span className="mono">{key}</span>
        {source !== 'span' && <span className="faint small"> of the {source}</span>}
      </span>
      <span className={`${styles.value} mono`} title={value}>
        {value}
      </span>
      {rules.length === 0 ? (
        <span className="faint">{known.why}</span>
      ) : (
        <ul className={styles.rules} aria-label={`Rules of ${key}`}>
          {rules.map((rule) => (
            <Rule key={`${rule.field} ${rule.dialect} ${rule.rank}`} rule={rule} />
          ))}
        </ul>
      )}
    </li>
  )
}

const Rule = ({ rule }: { readonly rule: MappedRule }) => (
  <li className={styles.rule}>
    {rule.won ? (
      <Check className="good" aria-label="believed" />
    ) : (
      <Minus className="faint" aria-label="not believed" />
    )}
    <span>
      <span className="b">{rule.field}</span> <span className="muted">by {rule.dialect}</span>
      {rule.why !== 'believed' && <span className="muted">: {rule.why}</span>}
    </span>
  </li>
)
