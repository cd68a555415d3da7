import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from './database.ts'

export interface MigrationSettings {
  /** An insert that would leave less than this fails cleanly before it starts, so that a full disk never tears a part. */
  readonly minFreeDiskBytes: number
}

/** The folder's `NNNN_name.sql`, in order. A migration is idempotent and never edited once released: a change is a new file. */
export const migrationFiles = (): { version: number; name: string; statements: string[] }[] => {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      statements: readFileSync(new URL(file, folder), 'utf8')
        .split(/;\s*$/m)
        .map((statement) => statement.trim())
        // A comment may end in a semicolon too; what is nothing but comment is no statement to a server.
        .filter((statement) => statement.replace(/^\s*--.*$/gm, '').trim() !== ''),
    }))
}

/** Which migrations a store has; made before the first of them. */
export const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, applied_at DateTime64(3,'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree
ORDER BY version`

/** Brings the schema to this program's version. Throws if the data was written by a newer one. */
export const migrate = async (database: Database, settings: MigrationSettings): Promise<void> => {
  await database.command(MIGRATIONS_TABLE)
  const applied = new Set(
    (await database.query<{ version: number }>('SELECT DISTINCT version FROM schema_migrations')).map(
      (row) => row.version,
    ),
  )
  const files = migrationFiles()
  const newest = files.at(-1)!.version
  const unknown = [...applied].filter((version) => version > newest)
  if (unknown.length > 0)
    throw new Error(
      `The data was written by a newer Recount (schema ${Math.max(...unknown)}, this program knows ${newest}). Start that version, or use another --data directory.`,
    )
  for (const { version, name, statements } of files) {
    if (applied.has(version)) continue
    for (const statement of statements)
      await database.command(statement.replaceAll('{min_free_disk_bytes}', String(settings.minFreeDiskBytes)))
    await database.command(`INSERT INTO schema_migrations (version, name) VALUES (${version}, '${name}')`)
  }
}
