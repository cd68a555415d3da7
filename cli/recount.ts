import { Command } from 'commander'
import { version } from './version.ts'

/**
 * The composition root: the only place that sees collector, server and the rest at once. Only the command that was asked for is loaded, so that
 * a quick one stays quick. Every flag has a `RECOUNT_…` variable.
 */
const COMMANDS: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Command> }>> = {
  serve: {
    about: 'take telemetry, keep it, answer questions: everything in one process',
    load: async () => (await import('./commands/serve.ts')).serveCommand(),
  },
  collector: {
    about: 'take telemetry and load it into a ClickHouse server; several may run side by side',
    load: async () => (await import('./commands/collector.ts')).collectorCommand(),
  },
  server: {
    about: 'answer questions over a ClickHouse server: API and UI, no OTLP',
    load: async () => (await import('./commands/server.ts')).serverCommand(),
  },
  demo: {
    about: 'send the telemetry of simulated agents: a week of history, then live',
    load: async () => (await import('./commands/demo.ts')).demoCommand(),
  },
  import: {
    about: "send other people's recordings: tau2, tau-bench, agentdojo, mini-swe-agent, otlp",
    load: async () => (await import('./commands/import.ts')).importCommand(),
  },
  report: {
    about: 'write a report for finance: cost, outcomes, focus (FOCUS 1.2), to a file or stdout',
    load: async () => (await import('./commands/report.ts')).reportCommand(),
  },
  schema: {
    about: 'print the DDL, for one server or for a cluster',
    load: async () => (await import('./commands/schema.ts')).schemaCommand(),
  },
  renormalise: {
    about: 'read a range of history again under the present rules',
    load: async () => (await import('./commands/renormalise.ts')).renormaliseCommand(),
  },
  apply: {
    about: 'make a project as recount.yaml declares it: budgets, shared costs',
    load: async () => (await import('./commands/apply.ts')).applyCommand(),
  },
  reconcile: {
    about: 'bills of providers: import one, show a month of them beside what was traced',
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand(),
  },
  close: {
    about: 'close a month at the present moment of the ledger, or open it again',
    load: async () => (await import('./commands/close.ts')).closeCommand(),
  },
  price: {
    about: 'prices of a project: list them, import a price file, price history anew',
    load: async () => (await import('./commands/price.ts')).priceCommand(),
  },
  key: {
    about: 'make, list and revoke API keys of a data directory',
    load: async () => (await import('./commands/key.ts')).keyCommand(),
  },
}

const asked = process.argv[2] ?? ''
const program = new Command('recount')
  .description('Observability and evaluation for AI agents: OTLP in, ClickHouse inside')
  .version(version)
  .showHelpAfterError('(run with --help for the options)')
for (const [name, { about, load }] of Object.entries(COMMANDS))
  program.addCommand((name === asked ? await load() : new Command(name)).description(about))

// Commander exits with 1 on wrong usage; ours is 2, as for every command (docs: exit codes).
const throwing = (command: Command): void => {
  command.exitOverride()
  command.commands.forEach(throwing)
}
throwing(program)
try {
  await program.parseAsync()
} catch (error) {
  const { code, exitCode } = error as { code?: string; exitCode?: number }
  if (!code?.startsWith('commander.')) throw error
  process.exitCode = exitCode === 0 ? 0 : 2
}
