/** An answer that is no success, expected and explained: RFC 9457 problem details. `detail` says what to do. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly detail: string
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, detail: string, retryAfterSeconds?: number) {
    super(detail)
    this.status = status
    this.detail = detail
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export const badRequest = (detail: string): HttpProblem => new HttpProblem(400, detail)
export const notFound = (detail: string): HttpProblem => new HttpProblem(404, detail)
