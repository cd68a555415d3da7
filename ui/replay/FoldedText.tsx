import { useState } from 'react'
import { Markdown } from '../components/Markdown.tsx'
import { formatCount } from '../util/format.ts'
import styles from './replay.module.css'

/** Texts longer than this are folded, and no more than this is laid out before somebody asks for the rest. */
const FOLD_CHARS = 700
const FOLD_LINES = 12

interface Props {
  readonly text: string
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
}

/** Markdown, folded with its size where it is long. Whether it is open is the caller's to keep: rows come and go while scrolling. */
export const FoldedText = ({ text, open, onOpen }: Props) => {
  const long = text.length > FOLD_CHARS || lineCount(text) > FOLD_LINES
  if (!long) return <Markdown text={text} />
  return (
    <>
      <div className={open ? undefined : styles.clipped}>
        <Markdown text={open ? text : text.slice(0, FOLD_CHARS)} />
      </div>
      <button type="button" className={styles.more} aria-expanded={open} onClick={() => onOpen(!open)}>
        {open ? 'Fold' : `Show all ${formatCount(text.length)} characters`}
      </button>
    </>
  )
}

/** The same where the state may live here. */
export const SelfFoldedText = ({ text }: { readonly text: string }) => {
  const [open, setOpen] = useState(false)
  return <FoldedText text={text} open={open} onOpen={setOpen} />
}

const lineCount = (text: string): number => {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0 && lines <= FOLD_LINES; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
