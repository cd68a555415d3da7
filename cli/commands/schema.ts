import { Command, InvalidArgumentError } from 'commander'
import { clusterStatements } from '../../schema/clickhouse/cluster.ts'
import { DATABASE_NAME } from '../../schema/clickhouse/database.ts'
import { MIGRATIONS_TABLE, migrationFiles } from '../../schema/clickhouse/migrate.ts'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { flag, wholeNumber } from './options.ts'

interface Flags {
  readonly cluster?: string
  readonly database: string
  readonly minFreeMib: number
}

export const schemaCommand = (): Command =>
  new Command('schema')
    .addOption(flag('--cluster <name>', 'for a replicated, sharded cluster of this name').argParser(name))
    .addOption(flag('--database <name>', 'on the cluster').default(DATABASE_NAME).argParser(name))
    .addOption(
      flag('--min-free-mib <n>', 'an insert that would leave less disk free fails before it starts')
        .default(SERVE_DEFAULTS.minFreeDiskBytes / 1024 ** 2)
        .argParser(wholeNumber(0, 1024 ** 2)),
    )
    .action(({ cluster, database, minFreeMib }: Flags) => {
      const minFreeDiskBytes = minFreeMib * 1024 ** 2
      const statements =
        cluster === undefined
          ? [MIGRATIONS_TABLE, ...migrationFiles().flatMap((file) => file.statements)].map((statement) =>
              statement.replaceAll('{min_free_disk_bytes}', String(minFreeDiskBytes)),
            )
          : clusterStatements({ cluster, database, minFreeDiskBytes })
      console.log(statements.map((statement) => `${statement};\n`).join('\n'))
    })

/** It becomes part of statements. */
const name = (text: string): string => {
  if (!/^\w+$/.test(text)) throw new InvalidArgumentError('Use letters, digits and _.')
  return text
}
