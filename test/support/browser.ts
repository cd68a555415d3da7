import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium as playwright } from 'playwright-core'

/**
 * A headless Chromium out of an npm package, so that the browser tests need nothing installed. The package unpacks itself into the
 * temporary directory once, and brings the system libraries (NSS, fontconfig …) that minimal machines lack when it takes the machine for
 * Amazon's; `RECOUNT_CHROMIUM` names another browser instead.
 */
export const launchBrowser = async (): Promise<Browser> => {
  const own = process.env.RECOUNT_CHROMIUM
  if (own) return playwright.launch({ executablePath: own, args: ['--no-sandbox'] })
  const { executablePath, args, env } = await unpack()
  return playwright.launch({ executablePath, args, env })
}

interface Unpacked {
  readonly executablePath: string
  readonly args: string[]
  readonly env: Record<string, string>
}

const unpack = async (): Promise<Unpacked> => {
  // The package asks TMPDIR where to unpack: a directory of our own keeps it apart from other versions, and lets runs share it.
  const home = join(tmpdir(), 'recount-chromium-143')
  mkdirSync(home, { recursive: true })
  // Loading it sets variables of this process, library paths among them, which no other child may inherit.
  const before = Object.fromEntries(TOUCHED.map((name) => [name, process.env[name]]))
  Object.assign(process.env, { TMPDIR: home, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' })
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    chromium.setGraphicsMode = false
    const executablePath = await alone(home, () => chromium.executablePath())
    return { executablePath, args: browserArgs(chromium.args), env: browserEnv(home, before.LD_LIBRARY_PATH) }
  } finally {
    for (const [key, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[key]
      else process.env[key] = value
    }
  }
}

const TOUCHED = ['TMPDIR', 'AWS_EXECUTION_ENV', 'FONTCONFIG_PATH', 'HOME', 'LD_LIBRARY_PATH'] as const

/** The package's flags are for a function that has one browser and trusts its pages: ours must behave like a real one. */
const browserArgs = (args: readonly string[]): string[] => [
  ...args.filter(
    (arg) =>
      !['--single-process', '--disable-web-security', '--allow-running-insecure-content', '--no-zygote'].includes(arg),
  ),
  '--no-zygote',
  '--disable-dev-shm-usage',
]

const browserEnv = (home: string, libraryPath: string | undefined): Record<string, string> => {
  const inherited = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  const libraries = [join(home, 'al2023', 'lib'), libraryPath].filter(Boolean).join(':')
  return {
    ...Object.fromEntries(inherited),
    LD_LIBRARY_PATH: libraries,
    FONTCONFIG_FILE: join(home, 'fonts.conf'),
    HOME: home,
  }
}

/** The package's own fonts are found only where a function unpacks them; the machine's, where it has any, fill in the signs they lack. */
const fontsConf = (home: string): string => {
  const dirs = [join(home, 'fonts', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${dirs
    .map((dir) => `<dir>${dir}</dir>`)
    .join('')}<cachedir>${join(home, 'fonts-cache')}</cachedir></fontconfig>`
}

const DONE = '.unpacked'
const WAIT_MS = 250
const UNPACK_MS_MAX = 60_000

/** Test files run in processes of their own: one unpacks, the others wait. A half-unpacked browser (a killed test) is thrown away. */
const alone = async (home: string, unpackTo: () => Promise<string>): Promise<string> => {
  const lock = join(home, '.lock')
  const deadline = Date.now() + UNPACK_MS_MAX
  for (;;) {
    if (existsSync(join(home, DONE))) return unpackTo()
    try {
      mkdirSync(lock)
      break
    } catch {
      if (Date.now() > deadline) rmSync(lock, { recursive: true, force: true })
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
    }
  }
  try {
    for (const entry of readdirSync(home)) {
      if (entry !== '.lock') rmSync(join(home, entry), { recursive: true, force: true })
    }
    const executable = await unpackTo()
    writeFileSync(join(home, 'fonts.conf'), fontsConf(home))
    writeFileSync(join(home, DONE), '')
    return executable
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}
