import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** Promises about the repository itself, as data. A rule that is in the way is changed here, with its reason, not worked around. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Part {
  /** Folders that it may import besides itself. */
  readonly parts: readonly string[]
  /** npm packages that it may import; node's own are free. */
  readonly packages: readonly string[]
}

const PARTS: Readonly<Record<string, Part>> = {
  schema: { parts: [], packages: ['@clickhouse/client', '@pydantic/genai-prices', 'chdb', 'zod'] },
  // Its worker thread switches TypeScript on for itself, as bin/ does for the program.
  collector: {
    parts: ['schema', 'bin/typescript.mjs'],
    packages: ['ajv', 'fzstd', 'libphonenumber-js', 're2js', 'zod'],
  },
  server: { parts: ['schema'], packages: ['ajv', 'apache-arrow', 'csv-parse', 'hono', 'simple-statistics', 'zod'] },
  ui: {
    // What travels to the browser: the contract and the words, never the way to the store.
    parts: ['schema/api', 'schema/model'],
    packages: [
      '@fontsource-variable/inter',
      '@fontsource-variable/jetbrains-mono',
      '@tanstack/react-query',
      '@tanstack/react-router',
      '@tanstack/react-table',
      '@tanstack/react-virtual',
      '@vitejs/plugin-react',
      'clsx',
      'cmdk',
      'diff',
      'lucide-react',
      'react',
      'react-aria-components',
      'react-dom',
      'react-markdown',
      'react-resizable-panels',
      'rehype-sanitize',
      'remark-gfm',
      'vite',
      'zod',
    ],
  },
  evals: { parts: ['schema'], packages: ['zod'] },
  // The composition root joins them; @hono/node-server is the door that it opens for the app.
  cli: {
    parts: ['schema', 'collector', 'server', 'evals'],
    packages: ['@hono/node-server', 'commander', 'csv-parse', 'yaml', 'zod', ...openTelemetry()],
  },
  bench: {
    parts: ['schema', 'collector', 'server', 'evals', 'cli', 'test/support'],
    packages: ['chdb', 'commander', 'zod', ...openTelemetry()],
  },
  test: {
    parts: ['schema', 'collector', 'server', 'ui', 'evals', 'cli', 'bench', 'bin/typescript.mjs'],
    packages: [
      '@ai-sdk/openai',
      '@arizeai/openinference-instrumentation-openai',
      '@duckdb/node-api',
      '@clickhouse/client',
      '@opentelemetry/sdk-node',
      '@pydantic/genai-prices',
      '@sparticuz/chromium',
      'ai',
      'axe-core',
      'chdb',
      'hono',
      'openai',
      'playwright-core',
      'zod',
      ...openTelemetry(),
      ...allExporters(),
    ],
  },
}

function openTelemetry(): string[] {
  const names = ['api', 'api-logs', 'core', 'resources', 'sdk-logs', 'sdk-trace-base']
  return [...names, 'exporter-logs-otlp-proto', 'exporter-trace-otlp-proto'].map((name) => `@opentelemetry/${name}`)
}

/** What agents send with and the program itself does not. */
function allExporters(): string[] {
  const exporters = ['trace', 'logs', 'metrics'].flatMap((signal) =>
    ['proto', 'http', 'grpc'].map((protocol) => `exporter-${signal}-otlp-${protocol}`),
  )
  return ['@grpc/grpc-js', ...[...exporters, 'sdk-metrics'].map((name) => `@opentelemetry/${name}`)]
}

/** A part's own tests may also reach for these. */
const IN_TESTS: Part = { parts: ['test/support'], packages: ['ajv', 'fast-check', 'vitest', ...openTelemetry()] }

const LINES_MAX = 400
/** Files that are longer, how long they may be, and why they are not split. */
const LENGTH_DEBTS: Readonly<Record<string, { readonly lines: number; readonly why: string }>> = {
  'schema/api/shapes.ts': {
    lines: 450,
    why: 'one shape per answer; to be split by page when the next issue adds pages',
  },
}

describe('the parts of the house', () => {
  it('import only what the allow-list names', () => {
    const wrong = codeFiles().flatMap((file) => importsOf(file).flatMap((specifier) => violation(file, specifier)))
    expect(wrong).toEqual([])
  })

  it('use at run time only what an installation brings', () => {
    const { dependencies, devDependencies } = packageJson()
    const missing = codeFiles().flatMap((file) => {
      const declared = isTest(file) || file.startsWith('test/') ? { ...dependencies, ...devDependencies } : dependencies
      return importsOf(file)
        .filter((specifier) => !isRelative(specifier) && !specifier.startsWith('node:'))
        .map(packageOf)
        .filter((name) => !(name in declared))
        .map((name) => `${file} imports ${name}`)
    })
    expect(missing).toEqual([])
  })

  it('are the folders of the top level, with bin, docs and scripts beside them', () => {
    const visible = readdirSync(ROOT, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name),
    )
    const known = [...Object.keys(PARTS), 'bin', 'docs', 'scripts']
    expect(visible.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
    // git keeps no empty folder, and evals has its first file with a later issue.
    expect(known.filter((name) => name !== 'evals' && !existsSync(join(ROOT, name)))).toEqual([])
  })
})

describe('source files', () => {
  it('are imported by their full name', () => {
    const wrong = codeFiles().flatMap((file) =>
      importsOf(file)
        .filter(isRelative)
        .map((specifier) => specifier.replace(/\?.*$/, ''))
        .filter((specifier) => !existsSync(join(ROOT, dirname(file), specifier)))
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  it('do not pass on what other files export', () => {
    expect(matching(codeFiles(), /^export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as \w+\s*)?from\b/m)).toEqual([])
    expect(codeFiles().filter((file) => /(?:^|\/)index\.tsx?$/.test(file))).toEqual([])
  })

  it('export by name, but for configuration that a tool asks to be the default', () => {
    const allowed = (file: string): boolean => /(?:^|\/)\w+\.config\.ts$/.test(file)
    expect(matching(codeFiles(), /^export default\b/m).filter((file) => !allowed(file))).toEqual([])
  })

  it(`are at most ${LINES_MAX} lines long, but for listed debts`, () => {
    const tooLong = sourceFiles()
      .map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }))
      .filter(({ file, lines }) => lines > (LENGTH_DEBTS[file]?.lines ?? LINES_MAX))
      .map(({ file, lines }) => `${file}: ${lines}`)
    expect(tooLong).toEqual([])
    const paid = Object.keys(LENGTH_DEBTS).filter(
      (file) => !existsSync(join(ROOT, file)) || textOf(file).trimEnd().split('\n').length <= LINES_MAX,
    )
    expect(paid, 'debts that are paid: take them off the list').toEqual([])
  })

  it('print nothing, but for the command line, scripts, the bench and tests', () => {
    const quiet = codeFiles().filter((file) => !/^(cli|scripts|bench|test)\//.test(file) && !isTest(file))
    expect(matching(quiet, /\bconsole\.(log|info|debug)\(/)).toEqual([])
  })

  it('leave nothing to be done later, and no test alone or switched off without a word', () => {
    expect(matching(codeFiles(), new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`))).toEqual([])
    expect(matching(codeFiles(), new RegExp(`\\b(it|test|describe)\\.${['on', 'ly'].join('')}\\b`))).toEqual([])
  })
})

describe('the repository', () => {
  it('names no path of the machine it was written on', () => {
    const forbidden = [
      ['/wo', 'rk/'],
      ['/ro', 'ot/'],
      ['/Us', 'ers/'],
      ['C:\\', 'Users'],
      ['../sha', 'red/hooks'],
    ].map((p) => p.join(''))
    const wrong = textFiles().flatMap((file) => {
      const text = textOf(file)
      return forbidden.filter((path) => text.includes(path)).map((path) => `${file} names ${path}`)
    })
    expect(wrong).toEqual([])
  })

  it('pins what it depends on itself, and names no registry', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<
      string,
      Record<string, string>
    >
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      // One version, of which DuckDB's bindings have several revisions.
      ([, range]) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(range),
    )
    expect(loose).toEqual([])
    expect(textOf('.npmrc')).not.toMatch(/registry/)
  })

  it('has what a reader looks for, and a way to run everything', () => {
    for (const file of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/decisions/README.md'])
      expect(textOf(file).trim(), file).not.toBe('')
    expect(textOf('LICENSE')).toMatch(/Apache License\s+Version 2\.0/)
    expect(packageJson().license).toBe('Apache-2.0')
    accessSync(join(ROOT, '.ci/run'), constants.X_OK)
  })

  it('links in its documents to files that exist', () => {
    const broken = documents().flatMap((file) =>
      [...textOf(file).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
        .map((match) => (match[1] ?? match[2]!).replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^(\w+:)?\/\//.test(target) && !target.startsWith('mailto:'))
        .filter((target) => !existsSync(join(ROOT, dirname(file), decodeURI(target))))
        .map((target) => `${file} → ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('has every npm script that its documents tell to run', () => {
    const scripts = Object.keys(packageJson().scripts)
    const unknown = documents().flatMap((file) => {
      const named = [...textOf(file).matchAll(/\bnpm (?:run (?:-\S+ )*(\w[\w:-]*)|(start|test)\b)/g)].map(
        (m) => (m[1] ?? m[2])!,
      )
      return named.filter((name) => !scripts.includes(name)).map((name) => `${file}: npm run ${name}`)
    })
    expect(unknown).toEqual([])
  })

  it('packs nothing that is not there', () => {
    const absent = packageJson().files.filter((file) => file !== 'dist' && !existsSync(join(ROOT, file)))
    expect(absent).toEqual([])
  })

  it('gives every migration a number of its own', () => {
    // A gap is no fault: numbers were given out to changes that were made side by side, and each is applied where it is missing.
    const numbers = readdirSync(join(ROOT, 'schema/clickhouse/migrations')).map((file) => file.slice(0, 4))
    expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([])
  })
})

const violation = (file: string, specifier: string): string[] => {
  const part = file.split('/')[0]!
  const rules = PARTS[part]
  if (!rules) return []
  const extra = isTest(file) ? IN_TESTS : { parts: [], packages: [] }
  if (!isRelative(specifier)) {
    const name = packageOf(specifier)
    const allowed = specifier.startsWith('node:') || rules.packages.includes(name) || extra.packages.includes(name)
    return allowed ? [] : [`${file} imports ${name}`]
  }
  const target = posix.join(posix.dirname(file), specifier)
  const allowed = [part, ...rules.parts, ...extra.parts, 'package.json']
  return allowed.some((folder) => target === folder || target.startsWith(`${folder}/`))
    ? []
    : [`${file} imports ${target}`]
}

const isTest = (file: string): boolean =>
  /\.test\.tsx?$/.test(file) ||
  file === 'vitest.config.ts' ||
  file.startsWith('test/') ||
  /^schema\/clickhouse\/conformance[\w-]*\.ts$/.test(file)
const isRelative = (specifier: string): boolean => specifier.startsWith('.')
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** What a file imports or re-exports, types too, statically or by a literal `import()`. */
const importsOf = (file: string): string[] => {
  const text = textOf(file)
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ]
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]!))
}

const matching = (files: readonly string[], pattern: RegExp): string[] =>
  files.filter((file) => pattern.test(textOf(file)))

const SKIPPED = new Set(['node_modules', 'dist', 'coverage'])

/** Every file of the checkout, relative to it; folders that git ignores are left out. */
const allFiles = (() => {
  let found: string[] | null = null
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        const hidden = entry.name.startsWith('.') && entry.name !== '.ci' && entry.name !== '.github'
        return SKIPPED.has(entry.name) || hidden ? [] : walk(path)
      }
      const scratch = entry.name.startsWith('.') && /\.[mc]?[jt]s$/.test(entry.name)
      return entry.isFile() && !scratch && statSync(path).size < 5_000_000
        ? [relative(ROOT, path).replaceAll('\\', '/')]
        : []
    })
  return (): string[] => {
    found ??= walk(ROOT)
    return found
  }
})()

const codeFiles = (): string[] => allFiles().filter((file) => /\.(ts|tsx|mjs|cjs)$/.test(file))
const sourceFiles = (): string[] => allFiles().filter((file) => /\.(ts|tsx|mjs|cjs|css|sql)$/.test(file))
const textFiles = (): string[] =>
  allFiles().filter((file) => /\.(ts|tsx|mjs|cjs|css|sql|md|json|html|ya?ml|txt|sh)$|^\.ci\/|^[^.]+$/.test(file))
const documents = (): string[] => allFiles().filter((file) => file.endsWith('.md') && !file.startsWith('test/'))

const texts = new Map<string, string>()
const textOf = (file: string): string => {
  const known = texts.get(file)
  if (known !== undefined) return known
  const text = readFileSync(join(ROOT, file), 'utf8')
  texts.set(file, text)
  return text
}

const packageJson = () =>
  JSON.parse(textOf('package.json')) as {
    license: string
    files: string[]
    scripts: Record<string, string>
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
