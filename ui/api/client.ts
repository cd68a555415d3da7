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
export const get = async <N extends RouteName>(name: N, request: Request<N> = {}): Promise<Answer<N>> =>
  getJson(pathOf(name, request.params ?? {}) + queryOf(request.query ?? {}), request.signal)

/** The same by its address, for who follows a list to its end. */
export const getJson = async <T>(url: string, signal?: AbortSignal): Promise<T> => {
  const response = await answered(url, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) })
  return (await response.json()) as T
}

/** What is sent: a body, and whatever else the route asks for. */
export interface Sending<N extends RouteName> {
  readonly body: Body<N>
  readonly params?: Params<N>
  readonly query?: QueryOf<N>
}

/** The same for a route that takes a body. */
export const post = async <N extends RouteName>(name: N, sending: Sending<N>): Promise<Answer<N>> =>
  send('POST', pathOf(name, sending.params ?? {}) + queryOf(sending.query ?? {}), sending.body)

export const put = async <N extends RouteName>(name: N, sending: Sending<N>): Promise<Answer<N>> =>
  send('PUT', pathOf(name, sending.params ?? {}) + queryOf(sending.query ?? {}), sending.body)

export const send = async <T>(method: 'POST' | 'PUT', url: string, body: unknown): Promise<T> => {
  const response = await answered(url, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as T
}

/** A file as it is, for routes that take one. */
export const sendFile = async <T>(
  path: string,
  query: Readonly<Record<string, unknown>>,
  file: File,
  type: string,
): Promise<T> => {
  const response = await answered(path + queryOf(query), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': type },
    body: file,
  })
  return (await response.json()) as T
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
