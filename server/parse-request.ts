import type { z } from 'zod'
import type { Endpoint } from '../schema/api/endpoint.ts'
import { badRequest, HttpProblem } from './problem.ts'

/** A request's parameters after its contract; parameters that the contract does not know are ignored. @throws HttpProblem 400 */
export const parseRequest = (
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  search: URLSearchParams,
  body: unknown,
): { readonly params: unknown; readonly query: unknown; readonly body: unknown } => ({
  params: endpoint.params ? parsed(endpoint.params, params) : undefined,
  query: endpoint.query ? parsed(endpoint.query, valuesOf(search)) : undefined,
  body: endpoint.body ? parsed(endpoint.body, body) : undefined,
})

/** What people paste and programs post; telemetry has its own door. */
const BODY_BYTES_MAX = 4 * 1024 ** 2

/** The JSON of a POST. The content type is asked for because no foreign page can send it without a preflight. @throws HttpProblem 400, 413, 415 */
export const readBody = async (request: Request): Promise<unknown> => {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new HttpProblem(415, 'Send JSON, with content-type: application/json.')
  const bytes = await bytesOf(request, BODY_BYTES_MAX)
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch (error) {
    throw badRequest(`the body is not JSON: ${(error as Error).message}`)
  }
}

/** A file as it was sent. Its types are such that no foreign page can send them without a preflight. @throws HttpProblem 413, 415 */
export const readFile = (request: Request, { types, bytesMax }: NonNullable<Endpoint['file']>): Promise<Uint8Array> => {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (!types.includes(type)) throw new HttpProblem(415, `Send the file with content-type: ${types.join(', ')}.`)
  return bytesOf(request, bytesMax)
}

const EXCESS_BYTES_MAX = 16 * 1024 ** 2

const bytesOf = async (request: Request, bytesMax: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size <= bytesMax) chunks.push(chunk)
    // Whoever is cut off while sending may never read the answer: a little too much is read to its end and forgotten.
    else if (size > bytesMax + EXCESS_BYTES_MAX) break
  }
  if (size > bytesMax) throw new HttpProblem(413, `The body is larger than ${bytesMax / 1024 ** 2} MiB.`)
  return Buffer.concat(chunks)
}

/** A parameter that is given twice is a list. An empty one is as good as none: forms and UIs send `q=`. */
const valuesOf = (search: URLSearchParams): Record<string, string | string[]> => {
  const values: Record<string, string | string[]> = Object.create(null)
  for (const name of new Set(search.keys())) {
    const given = search.getAll(name).filter((value) => value !== '')
    if (given.length > 0) values[name] = given.length === 1 ? given[0]! : given
  }
  return values
}

const parsed = (shape: z.ZodType, values: unknown): unknown => {
  const result = shape.safeParse(values)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const name = issue?.path.join('.') || 'the request'
  throw badRequest(`${name}: ${issue?.message ?? 'not understood'}. /openapi.json says what each parameter takes.`)
}
