import { BlockList, isIP } from 'node:net'

/**
 * Who may knock, for every port (architecture.md §2, "doors"). The threat is a web page in the browser of someone who runs Recount on
 * loopback without keys: by DNS rebinding the page's own name resolves to 127.0.0.1, the browser takes us for the page's server
 * and lets it read every prompt. Its requests carry the page's name as Host, so a Host that is not ours is refused. A plain cross-site
 * request carries a foreign Origin, and is refused even where it could not read the answer: it could write telemetry.
 */
export interface DoorConfig {
  /** `--host`: names and addresses that clients may call us by, besides loopback. A wildcard address means any, see `hostAllowed`. */
  readonly hosts: readonly string[]
  /** `--cors-origin`: origins such as `https://app.example.com`, or `*`. */
  readonly corsOrigins: readonly string[]
  /** Every request needs an API key. */
  readonly keysRequired: boolean
}

/** Header values by lower-case name, as `node:http` has them; several values of a header are refused. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export type DoorAnswer = { readonly open: true } | { readonly open: false; readonly reason: string }

export const LOOPBACK_DOORS: DoorConfig = { hosts: [], corsOrigins: [], keysRequired: false }

/** Closed doors are answered 403 with the reason, which names what to set. */
export function checkDoors(headers: RequestHeaders, config: DoorConfig): DoorAnswer {
  const host = single(headers.host)
  const origin = single(headers.origin)
  if (!hostAllowed(host, config))
    return closed(`Host ${shown(host)} is not localhost, a loopback address or a --host of this server`)
  if (origin !== undefined && !originAllowed(origin, host, config))
    return closed(`Origin ${shown(origin)} is foreign; allow it with --cors-origin`)
  return { open: true }
}

/** Headers for an answer to a request from another origin; none unless `--cors-origin` names that origin. Never with credentials. */
export function corsHeaders(headers: RequestHeaders, config: DoorConfig): Readonly<Record<string, string>> {
  const origin = single(headers.origin)
  if (origin === undefined || !corsAllowed(origin, config)) return {}
  return { 'access-control-allow-origin': origin, vary: 'Origin' }
}

/** The answer to an `OPTIONS` preflight (204), or undefined where CORS is not configured for its origin. */
export function preflightHeaders(
  headers: RequestHeaders,
  config: DoorConfig,
  methods: string,
): Readonly<Record<string, string>> | undefined {
  const cors = corsHeaders(headers, config)
  if (cors['access-control-allow-origin'] === undefined) return undefined
  const asked = single(headers['access-control-request-headers']) ?? ''
  return {
    ...cors,
    vary: 'Origin, Access-Control-Request-Headers',
    'access-control-allow-methods': methods,
    'access-control-allow-headers': /^[\w\-, ]{0,1000}$/.test(asked) ? asked : '',
    'access-control-max-age': '600',
  }
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** `localhost` or a loopback address; `name` without port, IPv6 without brackets. */
export function isLoopback(name: string): boolean {
  const version = isIP(name)
  if (version === 0) return name === 'localhost'
  return LOOPBACK.check(name, version === 4 ? 'ipv4' : 'ipv6')
}

const WILDCARDS: readonly string[] = ['0.0.0.0', '::']

/**
 * Bound to a wildcard address, nobody can know all names of the machine, so any Host is let in, but only where keys are required:
 * a rebinding page has no key, and the UI's cookie belongs to another host name. Without keys a wildcard opens nothing.
 */
function hostAllowed(header: string | undefined, config: DoorConfig): boolean {
  const name = hostName(header)
  if (name === undefined) return false
  if (isLoopback(name)) return true
  return config.hosts.some((host) => {
    const allowed = hostName(isIP(host) === 6 ? `[${host}]` : host)
    if (allowed === undefined) return false
    return WILDCARDS.includes(allowed) ? config.keysRequired : allowed === name
  })
}

function originAllowed(origin: string, host: string | undefined, config: DoorConfig): boolean {
  if (corsAllowed(origin, config)) return true
  const url = parseOrigin(origin)
  if (!url) return false
  if (isLoopback(hostName(url.host) ?? '')) return true
  // The scheme is left aside: a proxy may speak TLS for us. Default ports are dropped by URL, so drop them from Host as well.
  const own = parseOrigin(`${url.protocol}//${host ?? ''}`)
  return own?.host === url.host
}

const corsAllowed = (origin: string, config: DoorConfig): boolean =>
  config.corsOrigins.some(
    (allowed) => allowed === '*' || allowed.replace(/\/$/, '').toLowerCase() === origin.toLowerCase(),
  )

/** `Example.com:4318` → `example.com`, `[::1]:4318` → `::1`; undefined where it is neither a name nor an address. */
function hostName(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::\d{1,5})?$/i.exec(header ?? '')
  return (match?.[1] ?? match?.[2])?.toLowerCase()
}

function parseOrigin(origin: string): URL | undefined {
  if (!/^https?:\/\//i.test(origin)) return undefined
  try {
    return new URL(origin)
  } catch {
    return undefined
  }
}

const single = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.join(', ')
const closed = (reason: string): DoorAnswer => ({ open: false, reason })
const shown = (value: string | undefined): string =>
  value === undefined ? '(none)' : JSON.stringify(value.slice(0, 100))
