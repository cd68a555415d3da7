import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import styles from './CopyButton.module.css'

interface Props {
  readonly text: string | (() => string)
  readonly label?: string
}

/** Copies, and says so to eyes and ears for a moment. */
export const CopyButton = ({ text, label = 'Copy' }: Props) => {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 1500)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () =>
    copyText(typeof text === 'string' ? text : text()).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  return (
    <button type="button" className={styles.copy} onClick={() => void copy()} aria-label={label} title={label}>
      {state === 'copied' ? <Check className="good" aria-hidden="true" /> : <Copy aria-hidden="true" />}
      <span className="sr" role="status">
        {state === 'copied' ? 'Copied' : state === 'failed' ? 'Could not copy' : ''}
      </span>
    </button>
  )
}

/** Rejects where the browser forbids it (a page that is not on localhost and not on https has no clipboard). */
export const copyText = async (text: string): Promise<void> => {
  if (!navigator.clipboard) throw new Error('This page may not use the clipboard')
  await navigator.clipboard.writeText(text)
}
