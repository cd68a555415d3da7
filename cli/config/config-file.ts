import { readFileSync } from 'node:fs'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { StartProblem } from '../serve/problems.ts'
import { DECLARED_SECTIONS } from './declared.ts'
import { MaskingSection } from './masking.ts'

/** What `recount.yaml` may say. A part of the program that takes settings adds its section here. */
const ConfigFile = z.strictObject({
  masking: MaskingSection.optional(),
  ...DECLARED_SECTIONS,
})
export type ConfigFile = z.output<typeof ConfigFile>

export const CONFIG_FILE = 'recount.yaml'

/**
 * The one configuration file. A path that was given must be there; without one `recount.yaml` of the working directory is read where it exists.
 * @throws StartProblem that names the line, what is wrong and what would be right
 */
export const readConfigFile = (given: string | undefined): ConfigFile => {
  const path = given ?? CONFIG_FILE
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (given === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new StartProblem(
      'config_invalid',
      `cannot read ${path}: ${(error as Error).message}`,
      'Give a file that this user may read (--config FILE; --file FILE of `recount apply`).',
    )
  }
  return parseConfig(text, path)
}

export const parseConfig = (text: string, path: string): ConfigFile => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken) {
    const { line } = lines.linePos(broken.pos[0])
    throw problem(path, line, broken.message.split('\n')[0] ?? 'not YAML')
  }
  const parsed = ConfigFile.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const where = [...issue.path, ...unknown]
  throw problem(path, lineOf(document, lines, where), `${where.join('.') || 'the file'}: ${sentence(issue)}`)
}

const problem = (path: string, line: number, what: string): StartProblem =>
  new StartProblem(
    'config_invalid',
    `${path}, line ${line}: ${what}`,
    'Mend that line; docs/masking.md, docs/budgets.md and docs/prices.md show every setting. Nothing was started.',
  )

const sentence = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') return 'no such setting. A word misspelt?'
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`
  return issue.message
}

/** Line of the value at this path, or of the nearest thing around it that is there. */
const lineOf = (
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number => {
  for (let length = path.length; length > 0; length--) {
    const owner = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const name = path[length - 1]
    const pair = isMap(owner)
      ? owner.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
      : undefined
    const node = pair?.key ?? document.getIn(path.slice(0, length), true)
    const range = (node as { range?: readonly number[] } | undefined)?.range
    if (range) return lines.linePos(range[0]!).line
  }
  return 1
}
