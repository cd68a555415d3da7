import { type Collector, startCollector } from '../../collector/collector.ts'
import { JOURNAL_TIMES } from '../../collector/tally/journal.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import { storedPriceBooks } from '../../schema/prices/stored-price-books.ts'
import { orUndo } from './base.ts'
import { SERVE_DEFAULTS } from './config.ts'
import { takeDataDir } from './data-dir.ts'
import { checkPlatform, openDatabase } from './open-store.ts'

/**
 * The write path without any port, for commands that work on the store while no server has its data directory.
 * @throws StartProblem with its remedy
 */
export const startCollectorApart = ({
  dataDir: dir,
  clickhouseUrl,
}: {
  readonly dataDir: string
  readonly clickhouseUrl?: string | undefined
}): Promise<{ readonly collector: Collector; readonly close: () => Promise<void> }> =>
  orUndo(async (undo) => {
    const log = (line: string): void => console.error(line)
    const config = { ...SERVE_DEFAULTS, dataDir: dir, clickhouseUrl, log }
    checkPlatform(config)
    const dataDir = await takeDataDir(dir)
    undo.push(dataDir.release)
    const database = await openDatabase(config, dataDir.path)
    undo.push(() => database.close())
    const prices = storedPriceBooks(database)
    await prices.refresh()
    const collector = await startCollector(
      {
        dataDir: dataDir.path,
        retentionDays: config.retentionDays,
        normaliseThreads: config.normaliseThreads,
        spool: config.spool,
        sharedStore: database.engine === 'clickhouse' ? JOURNAL_TIMES : undefined,
      },
      { database, metrics: new MetricsRegistry(), log, prices },
    )
    return {
      collector,
      close: async () => {
        await collector.close(CLOSE_GRACE_MS)
        await database.close()
        await dataDir.release()
      },
    }
  })

const CLOSE_GRACE_MS = 60_000
