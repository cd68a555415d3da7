import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Answer, callId } from './answer.ts'
import { type ChatRequest, chatChunks, chatCompletion, chatStep } from './chat-completions.ts'
import { type ResponsesRequest, responseEvents, responseObject, responsesStep } from './responses.ts'
import type { ScriptedStep, ScriptedUsage } from './script.ts'

/** What the model answered one request: the truth that telemetry is held against. */
export interface LedgerEntry {
  readonly api: 'chat.completions' | 'responses'
  readonly stream: boolean
  readonly requestModel: string
  /** '' for a refused request. */
  readonly responseModel: string
  readonly status: 200 | 429
  /** null for a refused request. */
  readonly usage: ScriptedUsage | null
  /** Names of the tools it asked for. */
  readonly toolCalls: readonly string[]
}

export interface ModelServer {
  /** What `OPENAI_BASE_URL` takes. */
  readonly baseUrl: string
  /** Everything answered so far, in order. */
  readonly ledger: readonly LedgerEntry[]
  stop(): Promise<void>
}

/** The dated name that OpenAI answers with, per model that is asked for. */
const DATED: Readonly<Record<string, string>> = {
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
}

/**
 * A model that answers by script: the step of a request is the one after the last whose tool results it carries, so requests
 * of several conversations may come in any order. Speaks OpenAI's chat completions and Responses API, whole and as a stream.
 */
export const startModelServer = async (script: readonly ScriptedStep[]): Promise<ModelServer> => {
  const ledger: LedgerEntry[] = []
  const refusals = script.map((step) => step.rateLimited ?? 0)
  const server = createServer((request, response) => {
    answer({ script, ledger, refusals }, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else sendError(response, 400, String(error))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ledger,
    stop: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

interface State {
  readonly script: readonly ScriptedStep[]
  readonly ledger: LedgerEntry[]
  /** How many more requests each step refuses. */
  readonly refusals: number[]
}

const answer = async (state: State, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const route = `${request.method} ${request.url}`
  if (route !== 'POST /v1/chat/completions' && route !== 'POST /v1/responses')
    return sendError(response, 404, `no route ${route}`)
  const api = route.endsWith('responses') ? 'responses' : 'chat.completions'
  const body = await json(request)
  const index = api === 'responses' ? responsesStep(body as ResponsesRequest) : chatStep(body as ChatRequest)
  const step = state.script[index]
  if (!step) return sendError(response, 400, `the script has no step ${index}`)
  const { model, stream = false } = body as ChatRequest
  const entry = { api, stream, requestModel: model } as const
  if (state.refusals[index]! > 0) {
    state.refusals[index]!--
    state.ledger.push({ ...entry, responseModel: '', status: 429, usage: null, toolCalls: [] })
    return sendError(response, 429, `Rate limit reached for ${model}. Please try again in 1ms.`)
  }
  const said = sayStep(index, step, DATED[model] ?? model)
  state.ledger.push({
    ...entry,
    responseModel: said.model,
    status: 200,
    usage: step.usage,
    toolCalls: said.toolCalls.map(({ name }) => name),
  })
  if (!stream) return sendJson(response, 200, api === 'responses' ? responseObject(said) : chatCompletion(said))
  sendStream(
    response,
    api === 'responses'
      ? responseEvents(said).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      : [...chatChunks(said, body as ChatRequest).map((chunk) => JSON.stringify(chunk)), '[DONE]'].map(
          (data) => `data: ${data}\n\n`,
        ),
  )
}

const sayStep = (index: number, step: ScriptedStep, model: string): Answer => {
  const id = randomBytes(12).toString('hex')
  return {
    id,
    model,
    createdSeconds: Math.floor(Date.now() / 1000),
    step,
    toolCalls: (step.toolCalls ?? []).map((call, i) => ({ ...call, id: callId(index, i, id.slice(0, 8)) })),
  }
}

const sendJson = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

const sendStream = (response: ServerResponse, frames: readonly string[]): void => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  for (const frame of frames) response.write(frame)
  response.end()
}

/** `retry-after-ms` is OpenAI's own, in front of `retry-after`: a test need not wait a second. */
const sendError = (response: ServerResponse, status: 400 | 404 | 429, message: string): void => {
  const [type, code] = status === 429 ? ['tokens', 'rate_limit_exceeded'] : ['invalid_request_error', null]
  if (status === 429) response.setHeader('retry-after-ms', '1')
  sendJson(response, status, { error: { message, type, param: null, code } })
}
