import { statfs } from 'node:fs/promises'
import { type Database, DatabaseError } from '../../schema/clickhouse/database.ts'
import { migrate } from '../../schema/clickhouse/migrate.ts'
import type { ServeConfig } from './config.ts'
import { StartProblem } from './problems.ts'

/** @throws StartProblem where the embedded engine has no binary. */
export const checkPlatform = (config: ServeConfig): void => {
  const platform = `${process.platform}-${process.arch}`
  if (
    config.clickhouseUrl === undefined &&
    !['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform)
  )
    throw new StartProblem(
      'unsupported_platform',
      `the embedded engine is not available for ${platform}.`,
      'Give a ClickHouse server with --clickhouse URL, or run in WSL 2 or a Linux container.',
    )
}

/** The store, its schema brought to this program's version. @throws StartProblem */
export const openDatabase = async (config: ServeConfig, dataDir: string): Promise<Database> => {
  const database =
    config.clickhouseUrl === undefined ? await openEmbedded(dataDir) : await openServer(config.clickhouseUrl)
  try {
    await migrate(database, { minFreeDiskBytes: await reserveOf(config, dataDir) })
  } catch (error) {
    await database.close()
    if (error instanceof DatabaseError) throw error
    throw new StartProblem('data_of_newer_version', (error as Error).message, 'Nothing was changed.')
  }
  return database
}

/** The engines are loaded when they are needed: the embedded one is a library of 300 MB. */
const openEmbedded = async (dataDir: string): Promise<Database> =>
  (await import('../../schema/clickhouse/embedded.ts')).openEmbedded(dataDir)

const openServer = async (url: string): Promise<Database> => {
  try {
    return await (await import('../../schema/clickhouse/http.ts')).openHttp(url)
  } catch (error) {
    throw new StartProblem(
      'clickhouse_unreachable',
      `--clickhouse: ${(error as Error).message}`,
      'Check that the server runs and that URL, user and password are right (http://user:password@host:8123/database).',
    )
  }
}

/** What must stay free on the engine's disk. Where that is this disk and it is small (a test's tmpfs), the reserve would forbid every insert. */
const reserveOf = async ({ clickhouseUrl, minFreeDiskBytes }: ServeConfig, dataDir: string): Promise<number> => {
  if (clickhouseUrl !== undefined) return minFreeDiskBytes
  const { blocks, bsize } = await statfs(dataDir)
  return blocks * bsize > minFreeDiskBytes * 4 ? minFreeDiskBytes : 0
}
