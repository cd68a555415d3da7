import { Command } from 'commander'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { collectorGreeting } from '../serve/greeting.ts'
import { startCollectorRole } from '../serve/start.ts'
import { addCommonFlags, addReceivingFlags, configOf, type RoleFlags, runRole } from './role-options.ts'

export const collectorCommand = (): Command =>
  addReceivingFlags(
    addCommonFlags(new Command('collector'), {
      is: 'own health: /healthz, /readyz, /status, /metrics',
      default: SERVE_DEFAULTS.healthPort,
    }),
  ).action((flags: RoleFlags) => runRole(() => startCollectorRole(configOf(flags)), collectorGreeting))
