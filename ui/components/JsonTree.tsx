import { ChevronDown, ChevronRight, Search } from 'lucide-react'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { formatCount } from '../util/format.ts'
import { CopyButton } from './CopyButton.tsx'
import styles from './JsonTree.module.css'
import { ENTRIES_MAX, type Json, type JsonLine, jsonLines, parseJson, searchJson } from './json-lines.ts'

interface Props {
  /** JSON text as it was sent; text that is not JSON is shown as it is. */
  readonly text: string
  readonly label: string
  /** Pointers to mark as wrong, with what is wrong about them. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** JSON as a tree that folds and can be searched. Values are text, whatever they contain. */
export const JsonTree = ({ text, label, errors = [] }: Props) => {
  const root = useMemo(() => parseJson(text), [text])
  if (root === undefined || root === null || typeof root !== 'object') {
    return (
      <div className={styles.box}>
        <pre className={`${styles.raw} mono`}>{text === '' ? <span className="faint">empty</span> : text}</pre>
      </div>
    )
  }
  return <Tree root={root} text={text} label={label} errors={errors} />
}

const Tree = ({
  root,
  text,
  label,
  errors,
}: Props & { readonly root: Json; readonly errors: NonNullable<Props['errors']> }) => {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [needle, setNeedle] = useState('')
  const [focused, setFocused] = useState('')
  const { opened, hits } = useMemo(() => searchJson(root, needle), [root, needle])
  const lines = useMemo(() => jsonLines(root, toggled, needle ? opened : undefined), [root, toggled, opened, needle])
  const hitSet = useMemo(() => new Set(hits), [hits])
  const toggle = (path: string) =>
    setToggled((before) => {
      const next = new Set(before)
      if (!next.delete(path)) next.add(path)
      return next
    })
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = lines.findIndex((line) => line.path === focused)
    const step = moveOf(event.key, lines, Math.max(0, at))
    if (step === null) return
    event.preventDefault()
    event.stopPropagation()
    if (step.toggle !== undefined) toggle(step.toggle)
    const target = lines[step.to]
    if (!target) return
    setFocused(target.path)
    event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')[step.to]?.focus()
  }
  return (
    <div className={styles.box}>
      <div className={styles.bar}>
        <label className={styles.search}>
          <Search className="i" aria-hidden="true" />
          <input
            placeholder="Search"
            aria-label={`Search in ${label}`}
            value={needle}
            onChange={(e) => setNeedle(e.target.value)}
          />
        </label>
        {needle && <span className="small muted num">{formatCount(hits.length)} found</span>}
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      <div role="tree" aria-label={label} className={`${styles.tree} mono`} onKeyDown={onKeyDown}>
        {lines.map((line) => (
          <Line
            key={line.path}
            line={line}
            hit={hitSet.has(line.path)}
            focusable={line.path === (lines.some((one) => one.path === focused) ? focused : '')}
            error={errors.find((one) => one.path === line.path)?.message}
            onToggle={() => {
              setFocused(line.path)
              if (line.size !== null) toggle(line.path)
            }}
          />
        ))}
      </div>
    </div>
  )
}

interface LineProps {
  readonly line: JsonLine
  readonly hit: boolean
  readonly focusable: boolean
  readonly error: string | undefined
  readonly onToggle: () => void
}

const Line = ({ line: { key, value, size, open, depth }, hit, focusable, error, onToggle }: LineProps) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys for all its items.
  <div
    role="treeitem"
    aria-level={depth + 1}
    aria-expanded={size === null ? undefined : open}
    aria-selected={focusable}
    tabIndex={focusable ? 0 : -1}
    className={`${styles.line} ${hit ? styles.hit : ''} ${error ? styles.wrong : ''}`}
    style={{ paddingLeft: depth * 14 + 16 }}
    onClick={onToggle}
  >
    {size !== null && (
      <span className={styles.caret} aria-hidden="true">
        {open ? <ChevronDown /> : <ChevronRight />}
      </span>
    )}
    {key !== null && <span className={styles.key}>{key}: </span>}
    <Value value={value} size={size} open={open} />
    {error && <span className="bad"> {error}</span>}
  </div>
)

const Value = ({
  value,
  size,
  open,
}: {
  readonly value: Json
  readonly size: number | null
  readonly open: boolean
}) => {
  if (size !== null) {
    const [start, end] = Array.isArray(value) ? '[]' : '{}'
    if (size === 0) return <span className="faint">{`${start}${end}`}</span>
    const more = open && size > ENTRIES_MAX ? `, first ${formatCount(ENTRIES_MAX)} shown` : ''
    return <span className="faint">{open ? `${start}${more}` : `${start} ${formatCount(size)} ${end}`}</span>
  }
  if (typeof value === 'string') return <span className={styles.string}>{value === '' ? '""' : value}</span>
  return <span className={styles.number}>{String(value)}</span>
}

/** Arrow keys as WAI-ARIA's tree pattern has them: → opens or enters, ← closes or leaves. */
const moveOf = (
  key: string,
  lines: readonly JsonLine[],
  at: number,
): { readonly to: number; readonly toggle?: string } | null => {
  const line = lines[at]
  if (!line) return null
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(lines.length - 1, at + 1) }
    case 'ArrowUp':
      return { to: Math.max(0, at - 1) }
    case 'Home':
      return { to: 0 }
    case 'End':
      return { to: lines.length - 1 }
    case 'ArrowRight':
      return line.size === null ? null : line.open ? { to: at + 1 } : { to: at, toggle: line.path }
    case 'ArrowLeft':
      if (line.open) return { to: at, toggle: line.path }
      return { to: lines.findLastIndex((one, i) => i < at && one.depth < line.depth) }
    case 'Enter':
    case ' ':
      return line.size === null ? null : { to: at, toggle: line.path }
    default:
      return null
  }
}
