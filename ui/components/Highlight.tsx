import styles from './Highlight.module.css'

/** Text with what was searched for marked. Text only: what stands in it is never markup. */
export const Highlight = ({ text, needle }: { readonly text: string; readonly needle: string | undefined }) => {
  const at = needle ? text.toLowerCase().indexOf(needle.toLowerCase()) : -1
  if (!needle || at < 0) return <>{text}</>
  // Far into a long text the hit would be cut off: start a little before it.
  const start = at > 60 ? at - 20 : 0
  return (
    <>
      {start > 0 && '…'}
      {text.slice(start, at)}
      <mark className={styles.mark}>{text.slice(at, at + needle.length)}</mark>
      {text.slice(at + needle.length)}
    </>
  )
}
