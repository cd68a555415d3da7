import { lazy, Suspense } from 'react'
import styles from './Markdown.module.css'

const Rendered = lazy(() => import('./MarkdownBody.tsx').then((m) => ({ default: m.MarkdownBody })))

/**
 * Text of a model or a person, rendered as Markdown without trusting it: no HTML, no image is ever loaded (an image request tells its
 * sender that a trace was read), links show their host. Until the renderer is there, and for very long texts, it stands as plain text.
 */
export const Markdown = ({ text }: { readonly text: string }) => {
  const plain = <div className={styles.plain}>{text}</div>
  if (text.length > MARKDOWN_CHARS_MAX || !looksLikeMarkdown(text)) return plain
  return (
    <Suspense fallback={plain}>
      <Rendered text={text} />
    </Suspense>
  )
}

/** Parsing is slower than linear on hostile input; a longer text is shown as it is. */
const MARKDOWN_CHARS_MAX = 50_000

/** Most messages are sentences: no parser for those. */
const looksLikeMarkdown = (text: string) => /[*_`#>[\]|~<]|^\s*(?:[-+]|\d+\.)\s|https?:|\n\n/m.test(text)
