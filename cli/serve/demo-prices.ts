import { readSetting, writeSetting } from '../../schema/settings/settings.ts'
import type { Base } from './base.ts'
import { DEFAULT_PROJECT_ID } from './keys.ts'

/** What an hour of the people in the demo who decide approvals costs, by the minute. */
const REVIEW_USD_PER_MINUTE = '0.75'

/** A project that has named no prices gets the rate that the demo's minutes of review need; without one they would have no price. */
export const nameDemoPrices = async ({ database, prices }: Base): Promise<void> => {
  if (await readSetting(database, DEFAULT_PROJECT_ID, 'prices')) return
  await writeSetting(database, {
    projectId: DEFAULT_PROJECT_ID,
    kind: 'prices',
    body: { reviewUsdPerMinute: REVIEW_USD_PER_MINUTE },
    actor: 'demo',
    action: 'prices.put',
  })
  await prices.refresh()
}
