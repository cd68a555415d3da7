import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { statusQuery } from '../api/queries.ts'
import { CopyButton } from './CopyButton.tsx'
import styles from './states.module.css'

interface Props {
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
  /** Show how to send telemetry: for pages that are empty because nothing came yet, not because of a filter. */
  readonly howToSend?: boolean
}

/** Says what would be here and how to get it. */
export const EmptyState = ({ title, children, action, howToSend }: Props) => (
  <section className={styles.empty}>
    <h2>{title}</h2>
    <div className="muted">{children}</div>
    {howToSend && <HowToSend />}
    {action && <div className={styles.actions}>{action}</div>}
  </section>
)

const HowToSend = () => {
  const { data: status } = useQuery(statusQuery())
  return (
    <div className={styles.lines}>
      <p>Point any OpenTelemetry exporter at Recount, then run your agent:</p>
      {status && <Line text={`export OTEL_EXPORTER_OTLP_ENDPOINT=${asReached(status.otlpHttpUrl)}`} />}
      <Line text="export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" />
      <p className="muted">Nothing to instrument yet? This fills the pages with realistic traffic:</p>
      <Line text="npm run demo" />
    </div>
  )
}

/** A server on every address of its machine calls itself localhost; this browser knows a name by which it is reached. */
const asReached = (url: string): string => {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname === 'localhost' ? location.hostname : hostname
  return `${protocol}//${host}:${port}`
}

const Line = ({ text }: { readonly text: string }) => (
  <div className={styles.line}>
    <code className="mono">{text}</code>
    <CopyButton text={text} label="Copy command" />
  </div>
)
