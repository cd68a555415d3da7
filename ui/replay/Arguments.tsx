import type { ReactNode } from 'react'
import type { ToolCall } from '../../schema/api/shapes.ts'
import { JsonTree } from '../components/JsonTree.tsx'
import styles from './inspector.module.css'
import { missingProperty } from './marks.ts'
import { parseJson } from './step-words.ts'

type Call = ToolCall

/** What the tool was called with, and what its schema says is wrong with it, at the place where it is wrong. */
export const Arguments = ({ call }: { readonly call: Call }) => {
  const value = parseJson(call.arguments)
  const missing = call.validationErrors.flatMap((e) => missingProperty(e.message, e.path) ?? [])
  const wrong = call.validationErrors.filter((e) => missingProperty(e.message, e.path) === undefined)
  const small = isFlat(value)
  return (
    <>
      {value === undefined ? (
        <pre className={`${styles.code} mono`}>{call.arguments || 'nothing'}</pre>
      ) : small ? (
        <Flat value={value} missing={missing} wrong={wrong} />
      ) : (
        <>
          <JsonTree text={call.arguments} label="arguments" errors={wrong} />
          {missing.map((name) => (
            <p key={name} className="bad">
              <span className="mono">{name}</span> required, missing
            </p>
          ))}
        </>
      )}
      {call.valid === null && <p className="muted small">Not judged: no schema for this tool was seen.</p>}
      {call.valid === true && <p className="good small">valid by the schema the model was given</p>}
    </>
  )
}

const FLAT_KEYS_MAX = 24

const isFlat = (value: unknown): value is Readonly<Record<string, string | number | boolean | null>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= FLAT_KEYS_MAX &&
  Object.values(value).every((v) => v === null || (typeof v !== 'object' && String(v).length < 400))

interface FlatProps {
  readonly value: Readonly<Record<string, string | number | boolean | null>>
  readonly missing: readonly string[]
  readonly wrong: Call['validationErrors']
}

/** Most calls have a handful of plain arguments: shown as they would be written, with what is missing in its place. */
const Flat = ({ value, missing, wrong }: FlatProps) => {
  const lines: ReactNode[] = Object.entries(value).map(([key, v]) => {
    const error = wrong.find((e) => e.path === `/${key}`)
    return (
      <span key={key}>
        {'  '}
        <span className={error ? styles.missing : styles.key}>"{key}"</span>:{' '}
        <span className={styles[typeof v]}>{JSON.stringify(v)}</span>,
        {error && <span className="bad"> {error.message}</span>}
        {'\n'}
      </span>
    )
  })
  return (
    <pre className={`${styles.code} mono`}>
      {'{\n'}
      {lines}
      {missing.map((name) => (
        <span key={name}>
          {'  '}
          <span className={styles.missing}>"{name}"</span> <span className="bad"> required, missing</span>
          {'\n'}
        </span>
      ))}
      {'}'}
    </pre>
  )
}
