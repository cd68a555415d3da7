/** What an ErrorState shows: what happened, and what to do about it. */
export interface Wording {
  readonly what: string
  readonly remedy: string
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 where no answer came at all. */
  readonly status: number
  readonly title: string
  readonly detail: string

  constructor(problem: { readonly status: number; readonly title: string; readonly detail: string }) {
    super(problem.detail || problem.title)
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail
  }
}

/** From an RFC 9457 body where there is one; anything else keeps its status. */
export const errorOfResponse = async (response: Response): Promise<ApiError> => {
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return new ApiError({
    status: response.status,
    title: text(problem.title) || `The server answered ${response.status}`,
    detail: text(problem.detail),
  })
}

export const needsKey = (error: unknown): boolean => error instanceof ApiError && error.status === 401

export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.status === 404

/** Whether asking again can help: the world failed, not the question. */
export const isRetryable = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429

/** The only place that words failures. The server's `detail` already says what to do, so it wins. */
export const wordError = (error: unknown): Wording => {
  if (!(error instanceof ApiError)) {
    return { what: 'This part of the page failed', remedy: error instanceof Error ? error.message : String(error) }
  }
  switch (error.status) {
    case 0:
      return { what: 'Recount does not answer', remedy: 'Is it still running? This page asks again by itself.' }
    case 401:
      return { what: 'A key is needed', remedy: error.detail || 'Open the address with a key that may read.' }
    case 403:
      return { what: 'Not allowed', remedy: error.detail || 'This key may not read this project.' }
    case 404:
      return { what: 'Not found', remedy: error.detail || 'It was never received, or its retention has passed.' }
    default:
      return { what: error.title, remedy: error.detail || 'Try again; the log of the server says more.' }
  }
}
