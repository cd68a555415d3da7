import type { z } from 'zod'
import type { Endpoint } from '../schema/api/contract.ts'
import { badRequest } from './problem.ts'

/** A request's parameters after its contract; parameters that the contract does not know are ignored. @throws HttpProblem 400 */
export const parseRequest = (
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  search: URLSearchParams,
): { readonly params: unknown; readonly query: unknown } => ({
  params: endpoint.params ? parsed(endpoint.params, params) : undefined,
  query: endpoint.query ? parsed(endpoint.query, valuesOf(search)) : undefined,
})

/** A parameter that is given twice is a list. An empty one is as good as none: forms and UIs send `q=`. */
const valuesOf = (search: URLSearchParams): Record<string, string | string[]> => {
  const values: Record<string, string | string[]> = Object.create(null)
  for (const name of new Set(search.keys())) {
    const given = search.getAll(name).filter((value) => value !== '')
    if (given.length > 0) values[name] = given.length === 1 ? given[0]! : given
  }
  return values
}

const parsed = (shape: z.ZodObject, values: unknown): unknown => {
  const result = shape.safeParse(values)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const name = issue?.path.join('.') || 'the request'
  throw badRequest(`${name}: ${issue?.message ?? 'not understood'}. /openapi.json says what each parameter takes.`)
}
