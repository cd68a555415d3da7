import type { Response as Answer, Body, Params, Query } from '../../schema/api/contract.ts'
import { PATHS, type RouteName } from '../../schema/api/paths.ts'
import { ApiError, errorOfResponse } from './errors.ts'

type QueryOf<N extends RouteName> = Query<N> extends undefined ? undefined : Partial<Loose<Query<N>>>
/** Lists of the URL are read-only; the contract's input types are not. */
type Loose<T> = { readonly [K in keyof T]: T[K] extends infer V ? (V extends (infer E)[] ? readonly E[] : V) : never }

export interface Request<N extends RouteName> {
  readonly params?: Params<N>
  readonly query?: QueryOf<N>
  readonly signal?: AbortSignal
}

/**
 * One request of the contract. Types only: the answer is trusted to be what the server's own tests hold it to, so no validator
 * is shipped to the browser. Throws ApiError, whatever went wrong.
 */
export const get = async <N extends RouteName>(name: N, request: Request<N> = {}): Promise<Answer<N>> => {
  const { params, query, signal } = request
  const response = await answered(pathOf(name, params ?? {}) + queryOf(query ?? {}), {
    headers: { accept: 'application/json' },
    ...(signal ? { signal } : {}),
  })
  return (await response.json()) as Answer<N>
}

interface Sending<N extends RouteName> {
  readonly body: Body<N>
  readonly params?: Params<N>
}

/** The same for a route that takes a body. */
export const post = <N extends RouteName>(name: N, sending: Sending<N>): Promise<Answer<N>> =>
  send('POST', name, sending)

export const put = <N extends RouteName>(name: N, sending: Sending<N>): Promise<Answer<N>> => send('PUT', name, sending)

const send = async <N extends RouteName>(
  method: 'POST' | 'PUT',
  name: N,
  { body, params }: Sending<N>,
): Promise<Answer<N>> => {
  const response = await answered(pathOf(name, params ?? {}), {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Answer<N>
}

/** The same for a route that takes a file as it is. */
export const sendFile = async <N extends RouteName>(
  name: N,
  { query, file, type }: { readonly query?: QueryOf<N>; readonly file: File; readonly type: string },
): Promise<Answer<N>> => {
  const response = await answered(pathOf(name, {}) + queryOf(query ?? {}), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': type },
    body: file,
  })
  return (await response.json()) as Answer<N>
}

/** An answer as text, in another form than JSON: `format=sql`. */
export const getText = async (
  name: RouteName,
  query: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<string> => {
  const response = await answered(pathOf(name, {}) + queryOf(query), signal ? { signal } : {})
  return response.text()
}

/** Trades an API key for the session cookie. Throws ApiError: 401 where the key is not known or may not read. */
export const logIn = async (key: string): Promise<void> => {
  await answered(PATHS.login, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  })
}

/** The answer, where it is a success. A server that does not answer is an ApiError of status 0; only who took the request back sees the browser's own. */
const answered = async (url: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ApiError({ status: 0, title: 'No answer', detail: '' })
  })
  if (!response.ok) throw await errorOfResponse(response)
  return response
}

export const pathOf = (name: RouteName, params: Readonly<Record<string, string>>): string =>
  PATHS[name].replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))

/** Lists are repeated keys (semantics.md §0: repeated means "or"); what is undefined or empty is not sent. */
export const queryOf = (query: Readonly<Record<string, unknown>>): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(key, String(one))
    }
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}
