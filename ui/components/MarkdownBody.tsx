import ReactMarkdown, { type Components } from 'react-markdown'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import styles from './Markdown.module.css'

/** GitHub's schema without ids and names (they could shadow ours), and links to the web or mail only. */
const SCHEMA = {
  ...defaultSchema,
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'mailto'] },
  attributes: {
    ...defaultSchema.attributes,
    '*': (defaultSchema.attributes?.['*'] ?? []).filter((name) => name !== 'id' && name !== 'name'),
  },
}

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="link">
        {children}
        <span className={styles.host}> ({hostOf(href)})</span>
      </a>
    ) : (
      <span>{children}</span>
    ),
  // Never an <img>: what would be loaded is named instead.
  img: ({ src, alt }) => (
    <span className="chip" title={typeof src === 'string' ? src : undefined}>
      image not loaded: {alt || (typeof src === 'string' ? hostOf(src) : '')}
    </span>
  ),
  table: ({ children }) => (
    <div className={styles.table}>
      <table>{children}</table>
    </div>
  ),
}

export const MarkdownBody = ({ text }: { readonly text: string }) => (
  <div className={styles.markdown}>
    <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[[rehypeSanitize, SCHEMA]]} components={COMPONENTS}>
      {text}
    </ReactMarkdown>
  </div>
)

const hostOf = (href: string) => {
  try {
    const url = new URL(href, location.origin)
    return url.protocol === 'mailto:' ? 'mail' : url.host
  } catch {
    return 'unreadable address'
  }
}
