import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import type { PriceImport } from '../../schema/api/prices.ts'
import { sendFile } from '../api/client.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import page from '../pages/pages.module.css'
import { formatCount, plural } from '../util/format.ts'
import { BUCKET_LABELS } from './bucket-words.ts'
import styles from './costs.module.css'

interface Order {
  readonly file: File
  readonly only: string
  readonly apply: boolean
}

/** A price file as LiteLLM publishes it: what it would bring is shown before it is done. */
export const ImportPrices = () => {
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File>()
  const [only, setOnly] = useState('')
  const client = useQueryClient()
  const run = useMutation({
    mutationFn: ({ file: given, only: words, apply }: Order) => {
      const wanted = words.split(/[\s,]+/).filter(Boolean)
      return sendFile('importPrices', {
        query: { apply: apply ? 'true' : 'false', model: wanted.length > 0 ? wanted : undefined },
        file: given,
        type: 'application/json',
      })
    },
    onSuccess: async (_, { apply }) => {
      if (!apply) return
      await client.invalidateQueries({ queryKey: ['prices'] })
      await client.invalidateQueries({ queryKey: ['unpriced'] })
    },
  })
  const { data } = run
  const isTried = file !== undefined && data !== undefined && !data.applied && run.variables?.only === only
  return (
    <section aria-label="Import prices">
      <div className={page.heading}>
        <h2>Import a price file</h2>
      </div>
      <div className={styles.bar} style={{ paddingTop: 0 }}>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          aria-label="LiteLLM price file"
          className="sr"
          tabIndex={-1}
          onChange={(event) => {
            const given = event.target.files?.[0]
            event.target.value = ''
            if (!given) return
            setFile(given)
            run.mutate({ file: given, only, apply: false })
          }}
        />
        <input
          className="input mono"
          aria-label="Only these models"
          placeholder="only these models: gpt-*, claude-*"
          value={only}
          onChange={(event) => setOnly(event.target.value)}
          style={{ width: 280 }}
        />
        <button type="button" className="btn" onClick={() => input.current?.click()}>
          <FileUp aria-hidden="true" />
          Choose a file
        </button>
        {file && !isTried && !data?.applied && (
          <button
            type="button"
            className="btn"
            disabled={run.isPending}
            onClick={() => run.mutate({ file, only, apply: false })}
          >
            Try again
          </button>
        )}
        {isTried && data.overrides > 0 && (
          <button
            type="button"
            className="btn primary"
            disabled={run.isPending}
            onClick={() => run.mutate({ file, only, apply: true })}
          >
            Import {plural(data.overrides, 'price')}
          </button>
        )}
      </div>
      {run.error ? (
        <ErrorState error={run.error} subject={file?.name ?? 'The file'} />
      ) : data && file ? (
        <Imported name={file.name} report={data} />
      ) : (
        <p className={styles.note}>
          {run.isPending
            ? 'Reading…'
            : "A file in the format of LiteLLM. What it says beyond the built-in book is shown first, then imported as the project's own prices."}
        </p>
      )}
    </section>
  )
}

const Imported = ({ name, report }: { readonly name: string; readonly report: PriceImport }) => (
  <div className={styles.note} role="status">
    <p>
      <b>{name}</b> {report.applied ? 'gave' : 'would give'} {plural(report.overrides, 'price')} beyond the built-in
      book
      {report.skipped > 0 && `; ${formatCount(report.skipped)} left out`}.
    </p>
    {report.reasons.length > 0 && (
      <ul>
        {report.reasons.map(({ reason, count, examples }) => (
          <li key={reason}>
            {formatCount(count)} {reason}
            {examples.length > 0 && <span className="mono faint"> {examples.join(', ')}</span>}
          </li>
        ))}
      </ul>
    )}
    {report.items.length > 0 && (
      <details>
        <summary>The first {formatCount(report.items.length)}</summary>
        <ul>
          {report.items.map((price) => (
            <li key={JSON.stringify([price.provider, price.model, price.serviceTier, price.fromInputTokens])}>
              <span className="mono">
                {price.provider}/{price.model}
              </span>{' '}
              {price.serviceTier}:{' '}
              {Object.entries(price.perMillionTokens)
                .map(([bucket, amount]) => `${BUCKET_LABELS[bucket as keyof typeof BUCKET_LABELS]} ${amount}`)
                .join(', ')}
            </li>
          ))}
        </ul>
      </details>
    )}
  </div>
)
