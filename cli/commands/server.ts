import { Command } from 'commander'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { serverGreeting } from '../serve/greeting.ts'
import { startServerRole } from '../serve/start.ts'
import { flag } from './options.ts'
import { addCommonFlags, configOf, type RoleFlags, runRole } from './role-options.ts'

export const serverCommand = (): Command =>
  addCommonFlags(new Command('server'), { is: 'API and UI', default: SERVE_DEFAULTS.port })
    .addOption(flag('--collector <url...>', 'health ports of collectors, to show their state (http://host:4319)'))
    .action((flags: RoleFlags & { readonly collector?: string[] }) =>
      runRole(() => startServerRole(configOf(flags), flags.collector ?? []), serverGreeting),
    )
