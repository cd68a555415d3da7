import type { Message, MessagePart } from '../../schema/api/shapes.ts'
import { JsonTree } from '../components/JsonTree.tsx'
import { SelfFoldedText } from '../replay/FoldedText.tsx'
import { parseJson, roleName } from '../replay/step-words.ts'
import { formatBytes } from '../util/format.ts'
import styles from './span.module.css'

/** Messages as they were sent, each with its role; parts in order. */
export const MessageList = ({
  messages,
  tone,
}: {
  readonly messages: readonly Message[]
  readonly tone?: 'added' | 'removed'
}) => (
  <ol className={styles.messages}>
    {messages.map((message, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a prompt is fixed once sent.
      <li key={i} data-tone={tone}>
        <span className="eyebrow">{roleName(message.role)}</span>
        {message.parts.map((part, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <Part key={k} part={part} />
        ))}
      </li>
    ))}
  </ol>
)

const Part = ({ part }: { readonly part: MessagePart }) => {
  switch (part.type) {
    case 'text':
      return <SelfFoldedText text={part.text ?? ''} />
    case 'reasoning':
      return (
        <details className={styles.long}>
          <summary className="faint">reasoning</summary>
          <SelfFoldedText text={part.text ?? ''} />
        </details>
      )
    case 'tool_call':
      return (
        <div>
          <span className="mono b k-tool">{part.name || 'tool call'}</span>
          <JsonOrText text={part.arguments ?? ''} label="arguments" />
        </div>
      )
    case 'tool_result':
      return (
        <div>
          <span className="faint">result{part.name ? ` of ${part.name}` : ''}</span>
          <JsonOrText text={part.result ?? part.text ?? ''} label="result" />
        </div>
      )
    case 'blob':
      return (
        <span className="chip">
          {part.mimeType || 'attachment'} {part.bytes !== undefined && formatBytes(part.bytes)} {part.uri}
        </span>
      )
  }
}

/** A JSON text as a tree, anything else as text. */
export const JsonOrText = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const value = /^\s*[[{]/.test(text) ? parseJson(text) : undefined
  return value === undefined ? <SelfFoldedText text={text} /> : <JsonTree text={text} label={label} />
}
