import { useEffect, useRef, useSyncExternalStore } from 'react'

/**
 * The keyboard of the whole app in one listener. A page declares its keys with `useKeys`; the `?` dialog lists what is declared at that
 * moment, so help and behaviour cannot drift apart.
 */
export interface KeyBinding {
  /** `j`, `?`, `Escape`, `ArrowLeft`, `mod+k` (⌘ or Ctrl), `shift+n`, or two keys in a row: `g s`. */
  readonly keys: string
  readonly label: string
  /** Returning false says: not mine now, let others have it. */
  readonly run: (event: KeyboardEvent) => unknown
}
export interface KeyGroup {
  readonly name: string
  readonly bindings: readonly KeyBinding[]
}

let groups: readonly KeyGroup[] = []
const listeners = new Set<() => void>()
const setGroups = (next: readonly KeyGroup[]) => {
  groups = next
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useKeyGroups = (): readonly KeyGroup[] => useSyncExternalStore(subscribe, () => groups)

/** Declares keys while the component is mounted. The latest declared wins where two want the same key. `run` may change between renders. */
export const useKeys = (name: string, bindings: readonly KeyBinding[]): void => {
  const latest = useRef(bindings)
  latest.current = bindings
  const shape = bindings.map((binding) => `${binding.keys}\t${binding.label}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the bindings; their functions are read late through the ref.
  useEffect(() => {
    const group: KeyGroup = {
      name,
      bindings: latest.current.map(({ keys, label }, i) => ({
        keys,
        label,
        run: (event) => latest.current[i]?.run(event),
      })),
    }
    setGroups([...groups, group])
    return () => setGroups(groups.filter((one) => one !== group))
  }, [name, shape])
}

const SEQUENCE_MS = 1_000
let pending: { readonly key: string; readonly at: number } | undefined

/** Listens until the returned function is called; the shell does this once. */
export const listenToKeys = (): (() => void) => {
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}

const onKeyDown = (event: KeyboardEvent) => {
  if (event.defaultPrevented || event.isComposing) return
  const key = nameOf(event)
  // In a field keys are text; only combinations and Escape stay commands. An open dialog keeps its keys to itself.
  const guarded = isTyping(event.target) || isInOverlay(event.target)
  if (guarded && !key.startsWith('mod+')) return
  const sequence = pending && event.timeStamp - pending.at < SEQUENCE_MS ? `${pending.key} ${key}` : undefined
  pending = undefined
  if ((sequence && runBinding(sequence, event)) || runBinding(key, event)) {
    event.preventDefault()
  } else if (isPrefix(key)) {
    pending = { key, at: event.timeStamp }
  }
}

const runBinding = (keys: string, event: KeyboardEvent): boolean => {
  for (const group of groups.toReversed()) {
    const binding = group.bindings.find((one) => one.keys === keys)
    if (binding && binding.run(event) !== false) return true
  }
  return false
}
const isPrefix = (key: string) =>
  groups.some((group) => group.bindings.some((binding) => binding.keys.startsWith(`${key} `)))

const nameOf = (event: KeyboardEvent): string => {
  const mod = event.metaKey || event.ctrlKey ? 'mod+' : ''
  const alt = event.altKey ? 'alt+' : ''
  // Shift is part of the character for `?`, and a modifier for letters and named keys.
  const shift = event.shiftKey && (event.key.length > 1 || /^[a-z]$/i.test(event.key)) ? 'shift+' : ''
  return `${mod}${alt}${shift}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
  !(target instanceof HTMLInputElement && ['checkbox', 'radio', 'range', 'button'].includes(target.type))
const isInOverlay = (target: EventTarget | null) =>
  target instanceof Element && target.closest('[role=dialog], [role=listbox], [role=menu]') !== null
