import { F } from '../../schema/dialects/compile.ts'
import { NAME_KINDS, PSEUDO_TOOLS } from '../../schema/dialects/words.ts'
import type { Kind } from '../../schema/model/kind.ts'
import type { Facts } from './facts.ts'

/** A paused tool answers with a notice that a person must decide; it ran nothing. */
const PAUSE_NOTICE = /\b(?:requires?|awaiting|pending|needs?) (?:human |user |your )?(?:confirmation|approval)\b/i
const NOTICE_CHARS_MAX = 400
/** What such a notice cannot do without: looked for first, since nearly every tool's result has neither. */
const NOTICE_WORD = /confirmation|approval/i

/** What a span is: what its attributes say, else the first word of its name, else what only such a span carries. */
export const kindOf = (facts: Facts, name: string, fallback: Kind): Kind => {
  const said = facts.kind ?? kindFromName(name) ?? kindFromContent(facts, name) ?? fallback
  return said === 'tool' ? toolKind(facts, name) : said
}

export const kindFromName = (name: string): Kind | undefined => {
  const space = name.indexOf(' ')
  return NAME_KINDS.get(space === -1 ? name : name.slice(0, space))
}

const kindFromContent = (facts: Facts, name: string): Kind | undefined => {
  if (facts.has(F.input) && facts.isNamed(F.input)) {
    if (facts.has(F.modelRequest)) return 'llm'
    // Both sides of a call, whatever model: the tally takes it back where calls stand below (`isSummary`).
    if (facts.has(F.output) && facts.isNamed(F.output)) return 'llm'
  }
  if (
    facts.has(F.toolName) &&
    facts.has(F.toolCallId) &&
    (facts.isNamed(F.toolName) || facts.text(F.toolName) === name)
  )
    return 'tool'
  if (facts.has(F.modelResponse) && facts.isNamed(F.modelResponse)) return 'llm'
  if (facts.has(F.approval)) return 'approval'
  if (facts.has(F.guardrail)) return 'guardrail'
  return undefined
}

const toolKind = (facts: Facts, name: string): Kind => {
  if (PSEUDO_TOOLS.has(facts.text(F.toolName))) return 'step'
  if (!facts.has(F.toolName) && name.toLowerCase().startsWith('handoff')) return 'handoff'
  const result = facts.raw(F.outputContent)
  if (typeof result === 'string' && isPauseNotice(result)) return 'approval'
  return 'tool'
}

const isPauseNotice = (result: string): boolean =>
  result.length <= NOTICE_CHARS_MAX && NOTICE_WORD.test(result) && PAUSE_NOTICE.test(result)
