import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import type { StoredMapping } from '../../schema/api/mapping.ts'
import { post } from '../api/client.ts'
import { spanMappingQuery } from '../api/queries.ts'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { MappingView } from '../mapping/MappingView.tsx'
import styles from '../mapping/mapping.module.css'
import { PASTE_EXAMPLE, readPasted } from '../mapping/paste.ts'
import type { MappingSearch } from '../search/pages.ts'
import pages from './pages.module.css'

const route = getRouteApi('/mapping')

/** How was this read? What every rule made of one span: a stored one by its address, or whatever is pasted. */
export const MappingPage = () => {
  const { trace, span, show } = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: MappingSearch) => void navigate({ search: (old) => ({ ...old, ...next }) })
  const onShow = (next: MappingSearch['show']) => change({ show: next })
  return trace && span ? (
    <Stored trace={trace} span={span} show={show} onShow={onShow} />
  ) : (
    <PasteAndExplain show={show} onShow={onShow} />
  )
}

interface ShowProps {
  readonly show: MappingSearch['show']
  readonly onShow: (show: MappingSearch['show']) => void
}

const Stored = ({ trace, span, show, onShow }: ShowProps & { readonly trace: string; readonly span: string }) => {
  const mapping = useQuery(spanMappingQuery(trace, span))
  return (
    <>
      <div className={styles.from}>
        <span>
          Span{' '}
          <Link to="/traces/$traceId" params={{ traceId: trace }} search={{ span }} className="link mono">
            {span}
          </Link>
        </span>
        {mapping.data && <Version mapping={mapping.data} />}
        <span className="grow" />
        <Link to="/mapping" search={{}} className="btn">
          Paste another
        </Link>
      </div>
      {mapping.isError ? (
        <ErrorState error={mapping.error} subject="The reading" onRetry={() => void mapping.refetch()} />
      ) : mapping.data ? (
        <MappingView mapping={mapping.data} show={show} onShow={onShow} />
      ) : (
        <Waiting />
      )}
    </>
  )
}

/** Stored rows keep what the rules of their time said. */
const Version = ({ mapping }: { readonly mapping: StoredMapping }) =>
  mapping.differs.length === 0 ? (
    <span className="muted">stored as the present rules read it</span>
  ) : (
    <span className="amber">
      stored by rules of version {mapping.storedMapperVersion}, which read {mapping.differs.join(', ')} differently
    </span>
  )

const PasteAndExplain = ({ show, onShow }: ShowProps) => {
  const id = useId()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState('')
  const [chosen, setChosen] = useState(0)
  const explained = useMutation({ mutationFn: (body: Readonly<Record<string, unknown>>) => post('mapping', { body }) })
  const explain = (pasted: string) => {
    const read = readPasted(pasted)
    setProblem('problem' in read ? read.problem : '')
    setChosen(0)
    if ('record' in read) explained.mutate(read.record)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    explain(text)
  }
  const items = explained.data?.items
  const mapping = items?.[Math.min(chosen, items.length - 1)]
  return (
    <>
      <form className={styles.form} onSubmit={onSubmit}>
        <label htmlFor={id}>A span or log record as OTLP/JSON, or attributes as JSON or lines of key=value</label>
        <textarea
          id={id}
          className="mono"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-describedby={`${id}-note`}
        />
        <div className={styles.actions}>
          <button type="submit" className="btn primary" disabled={explained.isPending}>
            Explain
          </button>
          <button
            type="button"
            className="btn"
            onClick={() => {
              setText(PASTE_EXAMPLE)
              explain(PASTE_EXAMPLE)
            }}
          >
            Try an example
          </button>
          <span id={`${id}-note`} className="muted small">
            It is read and forgotten: nothing is stored, and it is not in the address of this page.
          </span>
        </div>
        <p role="alert" className="bad">
          {problem}
        </p>
      </form>
      {problem !== '' ? null : explained.isError ? (
        <ErrorState error={explained.error} subject="The reading" />
      ) : explained.isPending ? (
        <Waiting />
      ) : mapping ? (
        <>
          {items && items.length > 1 && (
            <fieldset className={styles.records} aria-label="Records">
              {items.map((item, i) => (
                <button
                  type="button"
                  // biome-ignore lint/suspicious/noArrayIndexKey: records of one paste are told apart by their place.
                  key={i}
                  className={`chip ${pages.pick}`}
                  aria-pressed={i === chosen}
                  onClick={() => setChosen(i)}
                >
                  {item.name || item.record}
                </button>
              ))}
            </fieldset>
          )}
          <MappingView mapping={mapping} show={show} onShow={onShow} />
        </>
      ) : (
        <EmptyState title="What would Recount make of it?">
          Every attribute of a span is looked at by the rules of some dialect. Paste one to see which rule took what,
          which value was believed before which, and what no rule knows. The inspector of a span leads here too: “How
          was this read?”
        </EmptyState>
      )}
    </>
  )
}

const Waiting = () => (
  <div className={styles.waiting} role="status" aria-label="Loading">
    <span className="skeleton" style={{ width: 260, height: 18 }} />
    <span className="skeleton" style={{ width: '54%', height: 12 }} />
    <span className="skeleton" style={{ width: '72%', height: 12 }} />
    <span className="skeleton" style={{ width: '66%', height: 12 }} />
  </div>
)
