import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import type { Manifest } from '../../schema/api/costs.ts'
import { PATHS } from '../../schema/api/paths.ts'
import type { Asking } from './asking.ts'

/** What came, and what the server said before that it would. */
interface Received {
  readonly bytes: number
  readonly sha256: string
  readonly headers: Headers
}

/** Streams the answer to stdout, as fast as its reader takes it. */
export const toStdout = async (answer: Response): Promise<Received> =>
  receive(answer, async (piece) => {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
  })

/**
 * The file with its manifest beside it, checked against each other: the bytes that came are the bytes that the server says the question has. Until then
 * the file is called `.part`, so that nobody takes a piece of it for the whole.
 * @throws Error where they differ; the part is then removed
 */
export const toFile = async (asking: Asking, search: URLSearchParams, path: string): Promise<Manifest> => {
  const answer = await asking.get(PATHS.costs, search)
  const part = `${path}.part`
  const handle = await open(part, 'w')
  let received: Received
  try {
    received = await receive(answer, async (piece) => {
      await handle.write(piece)
    })
    await handle.sync()
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  const manifest = await manifestFor(asking, search, received.headers)
  if (manifest.sha256 !== received.sha256 || manifest.bytes !== received.bytes) {
    await rm(part, { force: true })
    throw new Error(
      `${received.bytes} bytes came (sha256 ${received.sha256}), and the manifest says ${manifest.bytes} (${manifest.sha256}): the file was thrown away. Ask again.`,
    )
  }
  await writeFile(`${path}.manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(part, path)
  return manifest
}

const manifestFor = async (asking: Asking, search: URLSearchParams, headers: Headers): Promise<Manifest> => {
  const same = new URLSearchParams(search)
  // What was relative is now fixed: the same question, at the same moment of the ledger.
  for (const [name, header] of [
    ['as_of', 'recount-as-of'],
    ['from', 'recount-from'],
    ['to', 'recount-to'],
  ] as const)
    same.set(name, headers.get(header) ?? same.get(name) ?? '')
  const answer = await asking.get(PATHS.costsManifest, same)
  return (await answer.json()) as Manifest
}

const receive = async (answer: Response, take: (piece: Uint8Array) => Promise<void>): Promise<Received> => {
  const hash = createHash('sha256')
  const rows = answer.headers.get('recount-rows')
  let bytes = 0
  for await (const piece of answer.body ?? []) {
    hash.update(piece)
    await take(piece)
    bytes += piece.byteLength
    progress(bytes, rows)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  return { bytes, sha256: hash.digest('hex'), headers: answer.headers }
}

let saidAtMs = 0
const PROGRESS_MS = 250
const progress = (bytes: number, rows: string | null): void => {
  if (!process.stderr.isTTY || Date.now() - saidAtMs < PROGRESS_MS) return
  saidAtMs = Date.now()
  process.stderr.write(`\r\u001b[K${(bytes / 1e6).toFixed(1)} MB${rows === null ? '' : ` of ${rows} rows`}`)
}
