import type { Body, Params, Parsed, Response } from '../schema/api/contract.ts'
import type { Mapping, RenormaliseJob } from '../schema/api/mapping.ts'
import type { RouteName } from '../schema/api/paths.ts'
import type { RepriceJob } from '../schema/api/prices.ts'
import type { Status } from '../schema/api/shapes.ts'
import type { Database } from '../schema/clickhouse/database.ts'
import type { DoorConfig } from '../schema/http/doors.ts'
import type { Charge } from '../schema/model/charge.ts'
import type { Score } from '../schema/model/span.ts'
import type { StoredPriceBooks } from '../schema/prices/stored-price-books.ts'

/** Whose request it is: the project of its key, what the key may do, and the name that stands in the audit log. */
export interface Principal {
  readonly projectId: number
  readonly scope: 'ingest' | 'read' | 'admin'
  readonly name: string
}

/** What is known of runs after them. */
export interface LateFacts {
  readonly scores: readonly Score[]
  readonly charges: readonly Charge[]
}

/** What the server is given by whoever starts it; it opens, reads and knows nothing else. */
export interface ServerDeps {
  readonly database: Database
  /** How ingest is doing, as the process (or the collector it was told of) sees it. */
  readonly status: () => Status | Promise<Status>
  /** Prometheus text of everything that the process counts. */
  readonly metrics: () => string | Promise<string>
  /** What the normaliser makes of records in OTLP/JSON or plain objects (schema/api/mapping.ts). @throws DecodeError: not such a record */
  readonly explain: (records: Readonly<Record<string, unknown>>) => readonly Mapping[]
  /** Reads history again; absent where this process writes nothing. */
  readonly renormalise?: {
    readonly start: (projectId: number, range: { readonly fromMs: number; readonly toMs: number }) => RenormaliseJob
    readonly job: (projectId: number) => RenormaliseJob
  }
  /** Makes late facts durable and has their runs counted anew; absent where this process writes nothing. */
  readonly keepLateFacts?: (facts: LateFacts) => Promise<'kept' | { readonly retryAfterSeconds: number }>
  /** The price books that this process counts with; absent where it counts nothing: they are read when they are asked for. */
  readonly prices?: StoredPriceBooks
  /** Prices history anew; absent where this process writes nothing. `start` gives undefined while another job runs. */
  readonly reprice?: {
    readonly start: (
      projectId: number,
      wish: {
        readonly fromMs: number
        readonly toMs: number
        readonly dryRun: boolean
        readonly reason: string
        readonly actor: string
      },
    ) => RepriceJob | undefined
    readonly job: (projectId: number) => RepriceJob
  }
  /** Who asks, by the key of the request; undefined: the key is missing or unknown (401). */
  readonly principalOf: (headers: Headers) => Principal | undefined
  /** The UI's sessions, where keys are needed: a cookie's value for a good key that may read, and its end. */
  readonly logins?: { readonly start: (key: string) => string | undefined; readonly end: (id: string) => void }
  readonly doors: DoorConfig
  /** Folder of the built UI; without it `/` says how to build it. */
  readonly uiDir?: string | undefined
  readonly version: string
  readonly nowMs?: () => number
  /** Tests: an answer that does not fit the contract is a failure of the server. */
  readonly validateResponses?: boolean
  /** One line for the operator; never content of telemetry. */
  readonly log?: (line: string) => void
}

/** One question to one route, parsed by the contract. */
export interface Ask<N extends RouteName> {
  readonly database: Database
  readonly deps: ServerDeps
  readonly projectId: number
  /** Name of the key that asks, for the audit log. */
  readonly actor: string
  readonly params: Params<N>
  readonly query: Parsed<N>
  readonly body: Body<N>
  /** Of a route that takes a file; empty elsewhere. */
  readonly file: Uint8Array
  readonly nowMs: number
}

/** Routes that answer with JSON after the contract; `/metrics` is text and stands in app.ts. */
export type JsonRoute = Exclude<RouteName, 'metrics' | 'login' | 'logout'>
export type Handler<N extends RouteName> = (ask: Ask<N>) => Promise<Response<N>>
export type Handlers = { readonly [N in JsonRoute]: Handler<N> }
