import { useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { logIn } from '../api/client.ts'
import { wordError } from '../api/errors.ts'
import styles from './KeyGate.module.css'

/** Asks for an API key where the server needs one, and trades it for a cookie that scripts cannot read; the key itself stays nowhere. */
export const KeyGate = () => {
  const client = useQueryClient()
  const id = useId()
  const [failure, setFailure] = useState('')
  const [isBusy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const key = String(new FormData(event.currentTarget).get('key') ?? '').trim()
    setBusy(true)
    try {
      await logIn(key)
      setFailure('')
      await client.invalidateQueries()
    } catch (error) {
      setFailure(wordError(error).remedy)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className={styles.gate} onSubmit={submit}>
      <h2>
        <KeyRound aria-hidden="true" /> This Recount asks for a key
      </h2>
      <p>
        Make one where it runs with <code>recount key create --scope read</code>.
      </p>
      <label htmlFor={id}>API key</label>
      <div className={styles.row}>
        <input id={id} name="key" type="password" autoComplete="off" spellCheck={false} required placeholder="rk_…" />
        <button className="btn" type="submit" disabled={isBusy}>
          Open
        </button>
      </div>
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
    </form>
  )
}
