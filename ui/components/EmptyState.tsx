import type { ReactNode } from 'react'
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

const HowToSend = () => (
  <div className={styles.lines}>
    <p>Point any OpenTelemetry exporter at Recount, then run your agent:</p>
    <Line text={`export OTEL_EXPORTER_OTLP_ENDPOINT=http://${otlpHost()}:4318`} />
    <Line text="export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" />
    <p className="muted">Nothing to instrument yet? This fills the pages with realistic traffic:</p>
    <Line text="npm run demo" />
  </div>
)

/** The receiver is on the machine that served this page, on its usual port. */
const otlpHost = () => (location.hostname.includes(':') ? `[${location.hostname}]` : location.hostname)

const Line = ({ text }: { readonly text: string }) => (
  <div className={styles.line}>
    <code className="mono">{text}</code>
    <CopyButton text={text} label="Copy command" />
  </div>
)
