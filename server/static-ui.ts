import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Vite puts a hash of the content into the names of what it builds: such a file never changes. */
const IMMUTABLE = /^\/assets\/.+-[\w-]{8,}\.\w+$/
const NOT_BUILT = 'The UI is not built. Run `npm run build`, or use the API: /openapi.json lists every route.\n'

/**
 * A file of the built UI. Any path without an extension is a page, and pages are all one file: the router in the browser reads the rest.
 * So is a path with one that names no file, where a browser opens it (`/agents/support.eu`, `/sessions/a.b`): ids and names may hold dots.
 * Undefined where a file is asked for that does not exist.
 */
export const serveUi = async (
  uiDir: string | undefined,
  path: string,
  headers: Headers,
): Promise<Response | undefined> => {
  if (uiDir === undefined) return path === '/' ? text(NOT_BUILT, 503) : undefined
  const wanted = decoded(path)
  if (wanted === undefined) return undefined
  const plain = extname(wanted) === '' || wanted.endsWith('/')
  const named = plain ? undefined : await readUnder(uiDir, wanted)
  const isPage = plain || (named === undefined && opensPage(headers))
  const file = isPage ? '/index.html' : wanted
  const bytes = named ?? (isPage ? await readUnder(uiDir, file) : undefined)
  if (bytes === undefined) return isPage ? text(NOT_BUILT, 503) : undefined
  const caching = IMMUTABLE.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache'
  const etag = `"${bytes.byteLength.toString(16)}-${hashOf(bytes)}"`
  if (headers.get('if-none-match') === etag)
    return new Response(null, { status: 304, headers: { etag, 'cache-control': caching } })
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': caching, etag },
  })
}

/** What a browser sends when somebody opens an address, and not when a page asks for a script or an image. */
const opensPage = (headers: Headers): boolean => headers.get('accept')?.includes('text/html') ?? false

const text = (body: string, status: number): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })

const decoded = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** Never a file outside of the folder, however the path is written. */
const readUnder = async (folder: string, path: string): Promise<Buffer | undefined> => {
  const file = normalize(join(folder, path))
  if (!file.startsWith(normalize(folder + sep)) || path.includes('\0')) return undefined
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return undefined
    throw error
  })
}

/** FNV-1a: tells two builds of a file apart; nothing is at stake but a cache. */
const hashOf = (bytes: Uint8Array): string => {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}
