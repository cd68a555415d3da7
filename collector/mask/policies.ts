import { compilePolicy, type Masking, type MaskingPolicy } from './policy.ts'

/** The policy of each project, compiled when its first request comes. */
export const policiesOf = (masking: Masking | undefined): ((projectId: number) => MaskingPolicy | undefined) => {
  if (!masking) return () => undefined
  const compiled = new Map<number, MaskingPolicy | undefined>()
  return (projectId) => {
    if (compiled.has(projectId)) return compiled.get(projectId)
    const project = masking.projects.has(projectId) ? masking.projects.get(projectId) : masking.byDefault
    const policy = project && compilePolicy(project, projectId, masking.secret)
    compiled.set(projectId, policy)
    return policy
  }
}
