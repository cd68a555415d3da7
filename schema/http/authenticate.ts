import type { RequestHeaders } from './doors.ts'

/** Whose data a request writes or reads. */
export interface Principal {
  readonly projectId: number
}

/** Reads the key from `Authorization: Bearer rk_…` or `x-api-key`; undefined is answered 401. Without keys everyone is project 1. */
export type Authenticate = (headers: RequestHeaders) => Principal | undefined
