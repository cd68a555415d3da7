import { expect, test } from 'vitest'
import { UiSessions } from './ui-sessions.ts'

test('a session gives its key for twelve hours, and not when it was ended', () => {
  let nowMs = 0
  const sessions = new UiSessions(() => nowMs)
  const id = sessions.start('rk_a')
  expect(sessions.keyOf(id)).toBe('rk_a')
  expect(sessions.keyOf('guessed')).toBeUndefined()
  nowMs = 12 * 3_600_000 + 1
  expect(sessions.keyOf(id)).toBeUndefined()
  const other = sessions.start('rk_b')
  sessions.end(other)
  expect(sessions.keyOf(other)).toBeUndefined()
})

test('the oldest session makes room for the thousand and first', () => {
  const sessions = new UiSessions(() => 0)
  const first = sessions.start('rk_first')
  for (let i = 0; i < 1_000; i++) sessions.start(`rk_${i}`)
  expect(sessions.keyOf(first)).toBeUndefined()
})
