import { OutcomeSettings } from '../../schema/api/outcome-settings.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { readSetting } from '../../schema/settings/settings.ts'

/** How a project reads outcomes; what it did not say is as everywhere. @throws DatabaseError */
export const readOutcomeSettings = async (database: Database, projectId: number): Promise<OutcomeSettings> => {
  const setting = await readSetting<unknown>(database, projectId, 'outcomes')
  return OutcomeSettings.parse(setting?.body ?? {})
}
