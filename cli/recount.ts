import { Command } from 'commander'
import { demoCommand } from './commands/demo.ts'
import { importCommand } from './commands/import.ts'
import { keyCommand } from './commands/key.ts'
import { serveCommand } from './commands/serve.ts'
import { version } from './version.ts'

/** The composition root: the only place that sees collector, server and the rest at once. Every flag has a `RECOUNT_…` variable. */
const program = new Command('recount')
  .description('Observability and evaluation for AI agents: OTLP in, ClickHouse inside')
  .version(version)
  .showHelpAfterError('(run with --help for the options)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .addCommand(serveCommand())
  .addCommand(demoCommand())
  .addCommand(importCommand())
  .addCommand(keyCommand())

await program.parseAsync()
