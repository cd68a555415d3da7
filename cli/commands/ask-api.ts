import { type Command, Option } from 'commander'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { flag } from './options.ts'

/** For commands that ask a running server. */
export interface ApiFlags {
  readonly endpoint: string
  readonly key?: string
}

export const withApi = (command: Command): Command =>
  command
    .addOption(flag('--endpoint <url>', 'API of the server').default(`http://127.0.0.1:${SERVE_DEFAULTS.port}`))
    .addOption(flag('--key <key>', 'API key, where the server wants one: scope admin to change something'))

export const jsonOrText = (): Option => new Option('--format <format>').choices(['text', 'json', 'csv']).default('text')

interface Sent {
  readonly type: string
  readonly body: string | Uint8Array
}

/** The answer as text. @throws Error with what the server says to do */
export const askApi = async ({ endpoint, key }: ApiFlags, path: string, sent?: Sent): Promise<string> => {
  const answer = await fetch(new URL(path, endpoint), {
    method: sent ? 'POST' : 'GET',
    headers: {
      ...(sent ? { 'content-type': sent.type } : {}),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(sent ? { body: sent.body as BodyInit } : {}),
  }).catch((error: Error) => {
    throw new Error(
      `nothing answers at ${endpoint} (${error.message}). Start it with \`recount serve\`, or give --endpoint.`,
    )
  })
  const text = await answer.text()
  if (answer.ok) return text
  const problem = parsed(text)
  throw new Error(problem.detail ?? `${endpoint} answered ${answer.status}`)
}

const parsed = (text: string): { readonly detail?: string } => {
  try {
    return JSON.parse(text) as { readonly detail?: string }
  } catch {
    return {}
  }
}
