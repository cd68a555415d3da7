// Builds the UI into dist/ui where its sources are newer than the last build; says nothing where there is nothing to do. Runs before
// `npm start` and `npm test`. `--force` builds in any case.
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const config = join(root, 'ui', 'vite.config.ts')
const stamp = join(root, 'dist', 'ui', '.built')
const SOURCES = ['ui', 'schema/api', 'schema/model', 'package.json']

// The package from the registry carries the build and not its sources.
if (existsSync(config) && (process.argv.includes('--force') || newest(SOURCES) > builtAt())) await build()

async function build() {
  const started = new Date()
  // Whatever the caller runs as (a test, a development shell): what people are served is React for production.
  process.env.NODE_ENV = 'production'
  const { build: viteBuild } = await import('vite')
  await viteBuild({ configFile: config, logLevel: 'error' })
  // The stamp carries the time of the start: what changed while building is newer than it.
  writeFileSync(stamp, '')
  utimesSync(stamp, started, started)
  console.log(`Built the UI in ${((Date.now() - started.getTime()) / 1000).toFixed(1)} s`)
}

function builtAt() {
  return statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Directories count too: theirs is the only time that a deleted file changes. */
function newest(paths) {
  return Math.max(0, ...paths.map((path) => newestIn(join(root, path))))
}

function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return isBuilt(path) ? stat.mtimeMs : 0
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}

function isBuilt(path) {
  return !/\.test\.tsx?$/.test(path)
}
