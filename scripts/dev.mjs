// `npm run dev`: the server restarts when its sources change, the UI reloads by itself (Vite proxies /api to the server).
import { spawn } from 'node:child_process'

const children = [
  spawn(
    process.execPath,
    [
      '--watch-path=cli',
      '--watch-path=collector',
      '--watch-path=server',
      '--watch-path=schema',
      'bin/recount.cjs',
      'serve',
      ...process.argv.slice(2),
    ],
    { stdio: 'inherit' },
  ),
  spawn('npx', ['vite', '--config', 'ui/vite.config.ts'], { stdio: 'inherit' }),
]
const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
for (const child of children) child.on('exit', stop)
