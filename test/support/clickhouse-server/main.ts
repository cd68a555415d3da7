import { fstatSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startClickHouseServer } from './server.ts'

/** The test server as a process of its own, to be stopped and killed: `node --import ./bin/typescript.mjs test/support/clickhouse-server/main.ts --data DIR --port N`. */
const { values } = parseArgs({
  options: { data: { type: 'string' }, port: { type: 'string', default: '0' }, password: { type: 'string' } },
})
if (!values.data) throw new Error('usage: main.ts --data DIR [--port N] [--password P]')

const server = await startClickHouseServer({
  dataDir: values.data,
  port: Number(values.port),
  ...(values.password === undefined ? {} : { password: values.password }),
})
process.stdout.write(`${server.url}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => server.stop().then(() => process.exit(0)))
// Whoever holds the other end of the pipe may die without a word; the server must not outlive them.
const input = fstatSync(0)
if (input.isFIFO() || input.isSocket()) process.stdin.resume().once('end', () => process.exit(0))
