import { expect, test } from 'vitest'
import { createPlayback } from './playback.ts'

const setUp = (durationMs = 10_000, gaps = [] as { fromMs: number; toMs: number }[]) => {
  let queued: ((now: number) => void) | undefined
  let now = 0
  const playback = createPlayback({
    request: (frame) => {
      queued = frame
      return 1
    },
    cancel: () => {
      queued = undefined
    },
  })
  playback.extend(durationMs, gaps)
  const frames = (count: number, ms = 16) => {
    for (let i = 0; i < count; i++) {
      now += ms
      const frame = queued
      queued = undefined
      frame?.(now)
    }
  }
  return { playback, frames, waiting: () => queued !== undefined }
}

test('playing moves the position at its speed and stops at the end', () => {
  const { playback, frames, waiting } = setUp(1000)
  playback.setSpeed(4)
  playback.play()
  frames(11)
  expect(playback.positionMs()).toBe(640)
  frames(20)
  expect(playback.positionMs()).toBe(1000)
  expect(playback.playing()).toBe(false)
  expect(waiting()).toBe(false)
})

test('play at the end begins again', () => {
  const { playback } = setUp(1000)
  playback.seek(5000)
  expect(playback.positionMs()).toBe(1000)
  playback.play()
  expect(playback.positionMs()).toBe(0)
})

test('idle gaps are jumped over only where asked', () => {
  const { playback, frames } = setUp(100_000, [{ fromMs: 100, toMs: 90_000 }])
  playback.play()
  frames(8)
  expect(playback.positionMs()).toBeGreaterThanOrEqual(90_000)
  playback.setSkipsIdle(false)
  playback.seek(99)
  frames(2)
  expect(playback.positionMs()).toBeLessThan(200)
})

test('a tab that slept does not leap', () => {
  const { playback, frames } = setUp(1e6)
  playback.play()
  frames(1)
  frames(1, 60_000)
  expect(playback.positionMs()).toBe(250)
})

test('a step chosen by hand stays chosen until the position moves', () => {
  const { playback } = setUp()
  playback.pin(3, 500)
  expect([playback.pinned(), playback.positionMs()]).toEqual([3, 500])
  playback.seek(600)
  expect(playback.pinned()).toBe(-1)
})

test('listeners hear every change until they leave', () => {
  const { playback } = setUp()
  let heard = 0
  const leave = playback.subscribe(() => heard++)
  playback.seek(1)
  playback.seek(2)
  leave()
  playback.seek(3)
  expect(heard).toBe(2)
})
