import { z } from 'zod'
import { CONTRACT } from '../schema/api/contract.ts'
import type { Endpoint } from '../schema/api/endpoint.ts'
import { Problem } from '../schema/api/shapes.ts'

/** The contract as OpenAPI 3.1: what the server mounts and what this says come from the same object. */
export const openApi = (version: string): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: {
    title: 'Recount',
    version,
    description:
      'Sessions, runs, traces and figures of AI agents. Times are ISO 8601 UTC, money is decimal text, errors are RFC 9457.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  paths: paths(),
  components: {
    schemas: { Problem: schemaOf(Problem, 'output') },
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'rk_…' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    },
  },
  // Loopback without keys needs none.
  security: [{}, { bearer: [] }, { apiKey: [] }],
})

/** One path may take several methods. */
const paths = (): Record<string, Record<string, unknown>> => {
  const byPath: Record<string, Record<string, unknown>> = {}
  for (const [name, endpoint] of Object.entries(CONTRACT))
    byPath[endpoint.path] = { ...byPath[endpoint.path], [endpoint.method]: operation(name, endpoint) }
  return byPath
}

const operation = (operationId: string, endpoint: Endpoint): Record<string, unknown> => ({
  operationId,
  summary: endpoint.summary,
  parameters: [...parameters(endpoint.params, 'path'), ...parameters(endpoint.query, 'query')],
  ...(endpoint.body
    ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } } }
    : {}),
  ...(endpoint.file ? { requestBody: { required: true, content: fileContent(endpoint.file.types) } } : {}),
  ...(endpoint.open ? { security: [] } : {}),
  responses: {
    ...success(endpoint),
    default: {
      description: 'What went wrong, and what to do',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
})

const fileContent = (types: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]))

const success = (endpoint: Endpoint): Record<number, unknown> => {
  if (endpoint.noContent) return { 204: { description: 'Done' } }
  const content = endpoint.response
    ? { 'application/json': { schema: schemaOf(endpoint.response, 'output') } }
    : { 'text/plain': { schema: { type: 'string' } } }
  return { 200: { description: 'OK', content } }
}

const parameters = (shape: z.ZodObject | undefined, place: 'path' | 'query'): unknown[] =>
  Object.entries(shape?.shape ?? {}).map(([name, type]) => {
    const schema = schemaOf(type as z.ZodType, 'input')
    const { description, ...rest } = schema
    return {
      name,
      in: place,
      required: place === 'path',
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Record<string, unknown> => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' })
  return schema
}
