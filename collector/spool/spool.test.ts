import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Section } from '../normalise/encode-batch.ts'
import { encodeFrame, scanSegment } from './segment.ts'
import { SPOOL_LIMITS, Spool, SpoolFull, SpoolWriteError } from './spool.ts'

let folder = ''
const corrupt: string[] = []
const events = {
  segmentClosed: () => undefined,
  corrupt: (file: string, detail: string) => void corrupt.push(`${file}: ${detail}`),
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recount-spool-'))
  corrupt.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const spans = (text: string): Section[] => [{ table: 'spans', format: 'Native', rows: 1, bytes: Buffer.from(text) }]
const texts = async (spool: Spool): Promise<string[]> => {
  const all: string[] = []
  for (const segment of spool.segments)
    for (const section of await spool.read(segment)) all.push(Buffer.from(section.bytes).toString())
  return all
}
const onlyFile = async (): Promise<string> =>
  join(folder, (await readdir(folder)).find((name) => name.endsWith('.seg'))!)

test('what was appended is handed out in order, after a flush and after a new start', async () => {
  const spool = await Spool.open(folder, events)
  await Promise.all(['a', 'b', 'c'].map((text) => spool.append(spans(text))))
  await spool.append(spans('d'))
  await spool.flush()
  expect(await texts(spool)).toEqual(['a', 'b', 'c', 'd'])

  const again = await Spool.open(folder, events)
  expect(await texts(again)).toEqual(['a', 'b', 'c', 'd'])
  expect(again.segments.map((s) => s.id)).toEqual(spool.segments.map((s) => s.id))
})

test('requests that arrive together share one segment, and an idle one is closed by its age', async () => {
  let closed = 0
  const spool = await Spool.open(
    folder,
    { ...events, segmentClosed: () => closed++ },
    { ...SPOOL_LIMITS, segmentAgeMsMax: 500 },
  )
  await Promise.all(Array.from({ length: 100 }, (_, i) => spool.append(spans(String(i)))))
  expect(closed).toBe(0)
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(1)
  expect((await texts(spool)).length).toBe(100)
})

test('a torn tail is cut: it was never acknowledged, and the rest keeps its name', async () => {
  const spool = await Spool.open(folder, events)
  await spool.append(spans('whole'))
  await spool.flush()
  const file = await onlyFile()
  const whole = await readFile(file)
  await writeFile(file, Buffer.concat([whole, Buffer.concat(encodeFrame(spans('torn')).pieces).subarray(0, 20)]))

  const again = await Spool.open(folder, events)
  expect(await texts(again)).toEqual(['whole'])
  expect((await readFile(file)).length).toBe(whole.length)
  expect(corrupt).toEqual([])
})

test('damage in the middle is said and set aside, the frames around it are kept', async () => {
  const spool = await Spool.open(folder, events)
  for (const text of ['first', 'second', 'third']) await spool.append(spans(text))
  await spool.flush()
  const file = await onlyFile()
  const bytes = await readFile(file)
  bytes[bytes.indexOf('second')]! ^= 0xff
  await writeFile(file, bytes)

  const again = await Spool.open(folder, events)
  expect(await texts(again)).toEqual(['first', 'third'])
  expect(corrupt).toHaveLength(1)
  expect(await readdir(join(folder, 'quarantine'))).toHaveLength(1)
})

test('damage at the end is told from a torn tail: it may have been acknowledged, so it is said and kept aside', async () => {
  const spool = await Spool.open(folder, events)
  for (const text of ['first', 'second']) await spool.append(spans(text))
  await spool.flush()
  const file = await onlyFile()
  const bytes = await readFile(file)
  bytes[bytes.indexOf('second')]! ^= 0xff
  await writeFile(file, bytes)
  const again = await Spool.open(folder, events)
  expect(await texts(again)).toEqual(['first'])
  expect(corrupt).toHaveLength(1)
  expect(await readdir(join(folder, 'quarantine'))).toHaveLength(1)
  for (const segment of again.segments) await again.remove(segment)

  // Room that a crash left without its bytes was never acknowledged.
  await writeFile(file, Buffer.concat([...encodeFrame(spans('whole')).pieces, Buffer.alloc(4096)]))
  expect(await texts(await Spool.open(folder, events))).toEqual(['whole'])
  expect(corrupt).toHaveLength(1)
})

test('a segment of nothing but torn bytes disappears', async () => {
  const spool = await Spool.open(folder, events)
  await spool.append(spans('x'))
  await spool.flush()
  await truncate(await onlyFile(), 5)
  expect((await Spool.open(folder, events)).segments).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

test('a full spool refuses and keeps what it has; room made by loading is room again', async () => {
  const spool = await Spool.open(folder, events, { ...SPOOL_LIMITS, bytesMax: 100 })
  await spool.append(spans('x'.repeat(50)))
  await expect(spool.append(spans('y'.repeat(50)))).rejects.toThrow(SpoolFull)
  await spool.flush()
  for (const segment of spool.segments) await spool.remove(segment)
  expect(spool.bytes).toBe(0)
  await spool.append(spans('y'.repeat(50)))
})

test('a write that fails keeps nothing of it, and later ones work', async () => {
  const spool = await Spool.open(folder, events)
  await spool.append(spans('before'))
  await rm(folder, { recursive: true })
  await spool.flush()
  await expect(spool.append(spans('lost'))).rejects.toThrow(SpoolWriteError)
})

test('whatever bytes a file holds, scanning ends and finds every whole frame that no damage touched', () => {
  const payload = fc.uint8Array({ maxLength: 40 })
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 4 }), (payloads, flips) => {
      const frames = payloads.map((bytes) =>
        Buffer.concat(encodeFrame([{ table: 'spans', format: 'Native', rows: 1, bytes }]).pieces),
      )
      const file = Buffer.concat(frames)
      const starts = frames.map((_, i) => frames.slice(0, i).reduce((sum, f) => sum + f.length, 0))
      const hit = new Set<number>()
      for (const flip of flips) {
        if (file.length === 0) continue
        const at = flip % file.length
        file[at]! ^= 0x5a
        hit.add(starts.findLastIndex((start) => start <= at))
      }
      const found = scanSegment(file)
      const kept = found.sections.map((s) => Buffer.from(s.bytes).toString('hex'))
      const clean = payloads.filter((_, i) => !hit.has(i)).map((bytes) => Buffer.from(bytes).toString('hex'))
      // A flip that is undone by a second one leaves its frame whole: at least the untouched ones must be there, in order.
      let next = 0
      for (const text of kept) if (text === clean[next]) next++
      expect(next).toBe(clean.length)
    }),
    { numRuns: 300 },
  )
})
