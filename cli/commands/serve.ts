import { Command } from 'commander'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { greeting } from '../serve/greeting.ts'
import { startRecount } from '../serve/start.ts'
import { flag } from './options.ts'
import { addCommonFlags, addReceivingFlags, configOf, type RoleFlags, runRole } from './role-options.ts'

export const serveCommand = (): Command =>
  addReceivingFlags(addCommonFlags(new Command('serve'), { is: 'API and UI', default: SERVE_DEFAULTS.port }))
    .addOption(flag('--demo', 'also run simulated agents: a week of history, then live'))
    .action((flags: RoleFlags & { readonly demo?: boolean }) =>
      runRole(
        () => startRecount(configOf(flags)),
        greeting,
        (recount, stopped) => (flags.demo ? recount.runDemo(stopped) : Promise.resolve()),
      ),
    )
