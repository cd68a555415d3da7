import { type Action, FINDINGS, type Finding } from './findings.ts'
import { compilePolicy, type MaskingPolicy, type ProjectMasking } from './policy.ts'

/** A policy for tests that replaces everything, but for what a test names. */
export const testPolicy = (
  given: Partial<Omit<ProjectMasking, 'actions'>> & { readonly actions?: Partial<Record<Finding, Action>> } = {},
): MaskingPolicy => {
  const policy = compilePolicy(
    {
      custom: [],
      phoneCountries: ['US'],
      sessionIds: false,
      ...given,
      actions: {
        ...(Object.fromEntries(FINDINGS.map((finding) => [finding, 'replace'])) as Record<Finding, Action>),
        ...given.actions,
      },
    },
    1,
    'a secret of this installation',
  )
  if (!policy) throw new Error('nothing is looked for')
  return policy
}
