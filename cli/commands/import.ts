import { Argument, Command } from 'commander'
import { type ImportFormat, importFormats, runImport } from '../import/run-import.ts'
import { endpointOption, flag, keyOption, orExplain } from './options.ts'

interface Flags {
  readonly endpoint: string
  readonly key?: string
  readonly experiment?: string
  readonly keepTime?: boolean
}

export const importCommand = (): Command =>
  new Command('import')
    .addArgument(new Argument('<format>', 'what the files are').choices(importFormats))
    .argument('<file...>', 'recordings, .json or .jsonl, also .gz; for otlp request bodies .pb or .json')
    .addOption(endpointOption())
    .addOption(keyOption())
    .addOption(flag('--experiment <name>', 'one experiment of this name for all files'))
    .addOption(flag('--keep-time', 'leave the recorded times instead of moving the last one to now'))
    .action((format: ImportFormat, files: string[], { endpoint, key, experiment, keepTime }: Flags) =>
      orExplain(
        runImport({ format, files, endpoint, key, experiment, keepTime, print: (line) => console.log(line) }).then(
          (report) => {
            // Rejected records are in the summary above; a script must notice all the same.
            if (report.rejected.spans + report.rejected.logs > 0) process.exitCode = 1
          },
        ),
      ),
    )
