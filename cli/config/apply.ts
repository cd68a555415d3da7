import type { ConfigFile } from './config-file.ts'
import { DECLARED, type DeclaredSection } from './declared.ts'

/** One request to the API: what it answered, or an Error that says why not. */
export type Ask = (method: 'GET' | 'PUT', path: string, body?: unknown) => Promise<unknown>

export interface Applied {
  readonly section: string
  /** What is different: `+ path = value`, `- path = value`, `~ path: was → is`. Empty where the project is as declared. */
  readonly changes: readonly string[]
}

/** Makes the project as the file declares it, one section after another; sections that the file does not have stay as they are. */
export const applyConfig = async (config: ConfigFile, ask: Ask, dryRun: boolean): Promise<Applied[]> => {
  const applied: Applied[] = []
  for (const [section, { path, current, body }] of Object.entries(DECLARED) as [
    keyof typeof DECLARED,
    DeclaredSection,
  ][]) {
    const declared = config[section]
    if (declared === undefined) continue
    const changes = differences(current(await ask('GET', path)), declared).map((line) =>
      line.replace(' ', ` ${section}.`),
    )
    if (changes.length > 0 && !dryRun) await ask('PUT', path, body(declared))
    applied.push({ section, changes })
  }
  return applied
}

/** Leaf by leaf. Members of a list that have names are told by them, so that one that was moved is no change. */
export const differences = (was: unknown, is: unknown): string[] => {
  const [before, after] = [leaves(was), leaves(is)]
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((path) => {
    const [a, b] = [before.get(path), after.get(path)]
    if (a === b) return []
    if (a === undefined) return [`+ ${path} = ${b}`]
    return b === undefined ? [`- ${path} = ${a}`] : [`~ ${path}: ${a} → ${b}`]
  })
}

const leaves = (value: unknown, path = '', found = new Map<string, string>()): Map<string, string> => {
  const inner = (name: string) => (path === '' ? name : `${path}.${name}`)
  if (Array.isArray(value) && value.every(hasName))
    for (const one of value) leaves(withoutName(one), inner(one.name), found)
  else if (value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0)
    for (const [name, one] of Object.entries(value)) leaves(one, inner(name), found)
  else if (value !== undefined) found.set(path, JSON.stringify(value))
  return found
}

interface Named {
  readonly name: string
}
const hasName = (value: unknown): value is Named =>
  value !== null && typeof value === 'object' && 'name' in value && typeof value.name === 'string'
const withoutName = ({ name: _, ...rest }: Named): object => rest
