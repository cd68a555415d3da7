import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('.', import.meta.url).pathname
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith('mock-api'),
)
const offences = (pattern: RegExp) =>
  sources.flatMap((path) => {
    const line = readFileSync(join(root, path), 'utf8')
      .split('\n')
      .find((one) => pattern.test(one))
    return line ? [`${path}: ${line.trim()}`] : []
  })

test('the contract reaches the browser as types only: its validators would add zod to every page', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(offences(/^(?!import type).*from ['"].*schema\/api\/(contract|shapes)\.ts['"]/)).toEqual([])
  expect(offences(/from ['"]zod['"]/)).toEqual([])
})

test('telemetry is never turned into markup', () => {
  expect(offences(/dangerouslySetInnerHTML|\.innerHTML\s*=|insertAdjacentHTML|document\.write/)).toEqual([])
})

test('seed data stays out of the app', () => {
  expect(offences(/from ['"].*mock-api\//).filter((one) => !one.startsWith('vite.config.ts'))).toEqual([])
})
