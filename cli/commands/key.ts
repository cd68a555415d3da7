import { Command, Option } from 'commander'
import { createKey, KEY_SCOPES, type KeyScope, readKeys, revokeKey } from '../serve/keys.ts'
import { flag } from './options.ts'

const dataOption = (): Option => flag('--data <dir>', 'data directory').default('./.recount')

export const keyCommand = (): Command =>
  new Command('key')
    .addCommand(
      new Command('create')
        .description('Make a key and print it once')
        .argument('[name]', 'what it is for', 'default')
        .addOption(dataOption())
        .addOption(new Option('--scope <scope>', 'what it may do').choices(KEY_SCOPES).default('admin'))
        .action(async (name: string, { data, scope }: { data: string; scope: KeyScope }) => {
          const { key, stored } = await createKey(data, name, scope)
          console.log(key)
          console.error(
            `Key ${stored.id} (${scope}) for ${data}. It is shown this once; send it as Authorization: Bearer ${key.slice(0, 6)}…`,
          )
        }),
    )
    .addCommand(
      new Command('list').addOption(dataOption()).action(({ data }: { data: string }) => {
        for (const key of readKeys(data)) console.log([key.id, key.scope.padEnd(6), key.createdAt, key.name].join('  '))
      }),
    )
    .addCommand(
      new Command('revoke')
        .argument('<id>', 'as `recount key list` prints it')
        .addOption(dataOption())
        .action(async (id: string, { data }: { data: string }) => {
          if (await revokeKey(data, id)) console.log(`Key ${id} is revoked.`)
          else {
            console.error(`recount: no key ${id} in ${data}; see \`recount key list\`.`)
            process.exitCode = 2
          }
        }),
    )
