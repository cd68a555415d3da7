// Takes the pictures of the README again, from the demo's data: `node scripts/screenshots.mjs`. Needs what `npm test` needs; takes about a
// minute. Look at them before you commit them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const build = spawnSync(process.execPath, ['scripts/build-ui.mjs'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(build.status ?? 1)
await import('../bin/typescript.mjs')
const { takeScreenshots } = await import('../test/support/screenshots.ts')
await takeScreenshots(fileURLToPath(new URL('../docs/images/', import.meta.url)))
// The embedded engine keeps threads of its own.
process.exit(0)
