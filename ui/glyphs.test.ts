import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const UI = fileURLToPath(new URL('.', import.meta.url))
const FONTS = join(UI, '..', 'node_modules', '@fontsource-variable')

/** Signs that only some machines' fonts have, and where that is as meant. */
const ALLOWED: Readonly<Record<string, string>> = {
  '→': 'told apart from text: read in what is typed, drawn by <Arrows>',
  '⌘': 'shown on Apple machines alone',
}

test('the bundled fonts have every sign that the UI writes', () => {
  const covered = ['inter', 'jetbrains-mono'].map((font) =>
    rangesOf(readFileSync(join(FONTS, font, 'index.css'), 'utf8')),
  )
  const lacking = readdirSync(UI, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .flatMap((file) =>
      [...new Set(withoutComments(readFileSync(join(UI, file), 'utf8')))]
        .filter((sign) => sign > '~' && !(sign in ALLOWED) && !covered.every((ranges) => has(ranges, sign)))
        .map((sign) => `${file}: ${sign}`),
    )
  expect(lacking).toEqual([])
})

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

type Range = readonly [number, number]

const rangesOf = (css: string): Range[] =>
  [...css.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/g)].map(([, from, to]) => [
    Number.parseInt(from!, 16),
    Number.parseInt(to ?? from!, 16),
  ])

const has = (ranges: readonly Range[], sign: string): boolean =>
  ranges.some(([from, to]) => sign.codePointAt(0)! >= from && sign.codePointAt(0)! <= to)
