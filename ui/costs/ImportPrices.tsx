import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { send } from '../api/client.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import page from '../pages/pages.module.css'
import { formatCount } from '../util/format.ts'
import styles from './costs.module.css'

interface Imported {
  readonly dryRun: boolean
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** A price file as LiteLLM publishes it: what it would change is shown before it is done. */
export const ImportPrices = () => {
  const file = useRef<HTMLInputElement>(null)
  const [chosen, setChosen] = useState<{ readonly name: string; readonly text: string }>()
  const client = useQueryClient()
  const run = useMutation({
    mutationFn: ({ text, dryRun }: { readonly text: string; readonly dryRun: boolean }) =>
      send<Imported>('POST', `/api/prices/import${dryRun ? '?dryRun=true' : ''}`, JSON.parse(text)),
    onSuccess: async (_, { dryRun }) => {
      if (dryRun) return
      await client.invalidateQueries({ queryKey: ['prices'] })
      await client.invalidateQueries({ queryKey: ['unpriced'] })
    },
  })
  const take = async (given: File | undefined) => {
    if (!given) return
    const text = await given.text()
    setChosen({ name: given.name, text })
    run.mutate({ text, dryRun: true })
  }
  return (
    <section aria-label="Import prices">
      <div className={page.heading}>
        <h2>Import a price file</h2>
        <span className="grow" />
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          aria-label="LiteLLM price file"
          className="sr"
          tabIndex={-1}
          onChange={(event) => {
            void take(event.target.files?.[0])
            event.target.value = ''
          }}
        />
        <button type="button" className="btn" onClick={() => file.current?.click()}>
          <FileUp aria-hidden="true" />
          Choose a file
        </button>
      </div>
      {run.error ? (
        <ErrorState error={run.error} subject={chosen?.name ?? 'The file'} />
      ) : run.data && chosen ? (
        <div className={styles.note} role="status">
          <p>
            <b>{chosen.name}</b>: {run.data.dryRun ? 'would add' : 'added'} {formatCount(run.data.added)},{' '}
            {run.data.dryRun ? 'change' : 'changed'} {formatCount(run.data.changed)},{' '}
            {run.data.dryRun ? 'leave' : 'left'} {formatCount(run.data.unchanged)} as they are
            {run.data.skipped.length > 0 && `, skip ${formatCount(run.data.skipped.length)}`}.
          </p>
          {run.data.skipped.length > 0 && (
            <details>
              <summary>What was skipped, and why</summary>
              <ul>
                {run.data.skipped.slice(0, 100).map(({ name, reason }) => (
                  <li key={name}>
                    <span className="mono">{name}</span>: {reason}
                  </li>
                ))}
              </ul>
            </details>
          )}
          {run.data.dryRun && (
            <div className={styles.buttons}>
              <button
                type="button"
                className="btn primary"
                disabled={run.isPending}
                onClick={() => run.mutate({ text: chosen.text, dryRun: false })}
              >
                Import
              </button>
            </div>
          )}
        </div>
      ) : (
        <p className={styles.note}>
          {run.isPending ? 'Reading…' : 'A file in the format of LiteLLM. What it would change is shown first.'}
        </p>
      )}
    </section>
  )
}
