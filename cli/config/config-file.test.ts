import { expect, test } from 'vitest'
import { StartProblem } from '../serve/problems.ts'
import { parseConfig, readConfigFile } from './config-file.ts'
import { maskingRules } from './masking.ts'

const problemOf = (text: string): string => {
  try {
    parseConfig(text, 'recount.yaml')
  } catch (error) {
    if (error instanceof StartProblem) return `${error.message} — ${error.remedy}`
    throw error
  }
  throw new Error('was accepted')
}

test('a section says what happens to each kind of finding, by project', () => {
  const rules = maskingRules(
    parseConfig(
      `masking:
  action: replace
  findings: { pii.email: hash, pii.phone: off }
  custom:
    - { name: employee_id, pattern: 'EMP-\\d{6}', when: EMP-, action: drop }
  projects:
    2: { findings: { pii.email: replace } }
    3: { enabled: false }
`,
      'recount.yaml',
    ).masking,
  )
  expect(rules?.byDefault).toMatchObject({
    actions: { 'pii.email': 'hash', 'pii.phone': 'off', 'pii.card': 'replace' },
    custom: [{ name: 'employee_id', action: 'drop' }],
    phoneCountries: ['US'],
    sessionIds: false,
  })
  expect(rules?.projects.get(2)).toMatchObject({
    actions: { 'pii.email': 'replace' },
    custom: [{ name: 'employee_id' }],
  })
  expect(rules?.projects.get(3)).toBeUndefined()
})

test('an empty file, no section, a section that is switched off: nothing is masked', () => {
  for (const text of ['', '# nothing', 'masking: { enabled: false }'])
    expect(maskingRules(parseConfig(text, 'recount.yaml').masking)).toBeUndefined()
})

test.each([
  ['masking:\n  findings:\n    pii.emial: hash\n', 'line 3', 'masking.findings.pii.emial'],
  ['masking:\n  findings:\n    pii.email: erase\n', 'line 3', 'must be one of replace, hash, drop, off'],
  ['\nmaskin:\n  action: hash\n', 'line 2', 'maskin: no such setting'],
  ['masking:\n  custom:\n    - name: a\n      pattern: "(?=x)"\n', 'line 4', 'RE2'],
  ['masking:\n  custom:\n    - name: Not a name\n      pattern: x\n', 'line 3', 'small letters'],
  ['masking: [\n', 'line 2', ''],
  ['masking:\n  phoneCountries: [usa]\n', 'line 2', 'two capitals'],
])('%j is refused with its line and a remedy', (text, line, what) => {
  const problem = problemOf(text)
  expect(problem).toContain(line)
  expect(problem).toContain(what)
  expect(problem).toContain('docs/masking.md')
})

test('a file that was named must be there', () => {
  expect(() => readConfigFile('/nowhere/recount.yaml')).toThrow(StartProblem)
})
