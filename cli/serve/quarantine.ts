import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Segments that could not be read or loaded and wait for a person, in every spool of the data directory. */
export const quarantinedSegments = async (dataDir: string): Promise<number> => {
  const spools = await names(join(dataDir, 'spool'))
  const kept = await Promise.all(spools.map((spool) => names(join(dataDir, 'spool', spool, 'quarantine'))))
  return kept.reduce((sum, files) => sum + files.filter((file) => file.endsWith('.seg')).length, 0)
}

const names = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
