import { z } from 'zod'
import { customDetector } from '../../collector/mask/detect/custom.ts'
import { ACTIONS, type Action, FINDINGS } from '../../collector/mask/findings.ts'
import { CUSTOM_MAX, type Masking, type ProjectMasking } from '../../collector/mask/policy.ts'

/** `masking:` of recount.yaml; docs/masking.md explains it to users. */

/** `off` may stand bare: some writers of YAML make it a boolean. */
const ActionWord = z.preprocess((value) => (value === false ? 'off' : value), z.enum(ACTIONS))

const Custom = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'a name of small letters, digits and _, such as employee_id'),
    pattern: z.string().min(1).max(1000),
    when: z.string().default(''),
    action: ActionWord.default('replace'),
  })
  .superRefine((custom, context) => {
    try {
      customDetector(custom)
    } catch (error) {
      context.addIssue({
        code: 'custom',
        path: ['pattern'],
        message: `${(error as Error).message}. The syntax is RE2's: no look-around, no back-references.`,
      })
    }
  })

const Rules = z.strictObject({
  action: ActionWord.optional(),
  findings: z.partialRecord(z.enum(FINDINGS), ActionWord).default({}),
  custom: z.array(Custom).max(CUSTOM_MAX).optional(),
  phoneCountries: z.array(z.string().regex(/^[A-Z]{2}$/, 'a country in two capitals, such as US')).optional(),
  sessionIds: z.boolean().optional(),
  enabled: z.boolean().optional(),
})

export const MaskingSection = Rules.extend({
  secretFile: z.string().min(1).optional(),
  projects: z.record(z.string().regex(/^[1-9]\d*$/, 'the number of a project'), Rules).default({}),
})
export type MaskingSection = z.output<typeof MaskingSection>

/** What the collector is told, but for the secret; undefined where nothing is to be masked in any project. */
export const maskingRules = (section: MaskingSection | undefined): Omit<Masking, 'secret'> | undefined => {
  if (!section) return undefined
  const byDefault = projectMasking([section])
  const projects = new Map(
    Object.entries(section.projects).map(([id, rules]) => [Number(id), projectMasking([rules, section])]),
  )
  return byDefault || [...projects.values()].some((rules) => rules !== undefined) ? { byDefault, projects } : undefined
}

/** The first of these that says something counts. */
const projectMasking = (given: readonly z.output<typeof Rules>[]): ProjectMasking | undefined => {
  const first = <T>(read: (rules: z.output<typeof Rules>) => T | undefined, otherwise: T): T =>
    given.map(read).find((value) => value !== undefined) ?? otherwise
  if (!first((rules) => rules.enabled, true)) return undefined
  return {
    actions: Object.fromEntries(
      FINDINGS.map((finding): [string, Action] => [
        finding,
        first<Action>((rules) => rules.findings[finding] ?? rules.action, 'replace'),
      ]),
    ) as ProjectMasking['actions'],
    custom: first((rules) => rules.custom, []),
    phoneCountries: first((rules) => rules.phoneCountries, ['US']),
    sessionIds: first((rules) => rules.sessionIds, false),
  }
}
