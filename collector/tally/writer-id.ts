import { randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** 32 hex digits that name this data directory to the other collectors of a store; made at the first start. */
export const writerIdOf = async (dataDir: string): Promise<string> => {
  const file = join(dataDir, 'writer-id')
  const known = await readFile(file, 'utf8').catch(() => '')
  if (/^[0-9a-f]{32}\n$/.test(known)) return known.trim()
  const id = randomBytes(16).toString('hex')
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(`${id}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return id
}
