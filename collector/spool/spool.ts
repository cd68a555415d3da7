import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Section } from '../normalise/encode-batch.ts'
import { encodeFrame, type Frame, scanSegment } from './segment.ts'

/**
 * Durable queue on local disk. `append` resolves when the frame is fsynced; a closed segment is handed out in order and stays on disk until
 * `remove`.
 *
 *     append ─┐                     ┌ 0000000017-<uuid>.seg   closed, waiting to be loaded
 *     append ─┼─► one write + one fdatasync ─► 0000000018-<uuid>.seg   open, growing
 *     append ─┘   (group commit)
 *
 * The uuid names the segment's content for ClickHouse's deduplication: it is never used again, not even by a new spool in the same folder.
 */
export interface SpoolLimits {
  /** All segments together, on disk; beyond it `append` throws SpoolFull. */
  readonly bytesMax: number
  readonly segmentRowsMax: number
  readonly segmentBytesMax: number
  /** An open segment is closed at this age even if it is small, so that quiet agents are seen soon… */
  readonly segmentAgeMsMax: number
  /** …unless the loader has others to load first: then it grows up to this age, because few large inserts cost far less than many small ones. */
  readonly segmentAgeBusyMsMax: number
}

export const SPOOL_LIMITS: SpoolLimits = {
  bytesMax: 8 * 1024 ** 3,
  segmentRowsMax: 100_000,
  segmentBytesMax: 128 * 1024 ** 2,
  segmentAgeMsMax: 250,
  segmentAgeBusyMsMax: 2_000,
}

const BUSY_CHECK_MS = 20

/** The sections of closed segments kept in memory so that loading need not read them back. */
const KEPT_BYTES_MAX = 256 * 1024 ** 2

export interface Segment {
  readonly id: string
  readonly sequence: number
  readonly file: string
  readonly bytes: number
  readonly closedAtMs: number
  /** When the first of its frames was appended, by `performance.now()`: the age of what waits must not follow a clock that is set. */
  readonly openedAtMs: number
  /** Undefined where they are read from disk. */
  readonly sections?: readonly Section[]
}

export class SpoolFull extends Error {
  override readonly name = 'SpoolFull'
}

/** A write or fsync failed: nothing of the request was kept. */
export class SpoolWriteError extends Error {
  override readonly name = 'SpoolWriteError'
}

interface Waiting {
  readonly frame: Frame
  readonly sections: readonly Section[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

interface OpenSegment {
  readonly id: string
  readonly sequence: number
  readonly file: string
  readonly handle: FileHandle
  readonly openedAtMs: number
  readonly sections: Section[]
  bytes: number
  rows: number
}

/** Told when something happens that nobody waits for; the composition root counts and logs it. */
export interface SpoolEvents {
  readonly segmentClosed: (segment: Segment) => void
  readonly corrupt: (file: string, detail: string) => void
}

export class Spool {
  readonly #folder: string
  readonly #limits: SpoolLimits
  readonly #events: SpoolEvents
  readonly #segments = new Map<string, Segment>()
  #open: OpenSegment | undefined
  #waiting: Waiting[] = []
  #committing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #sequence = 0
  #closedBytes = 0
  /** Of a segment that is neither open nor handed out yet. */
  #closingBytes = 0
  #closing: Promise<void> | undefined
  #keptBytes = 0
  #stopped = false

  private constructor(folder: string, limits: SpoolLimits, events: SpoolEvents) {
    this.#folder = folder
    this.#limits = limits
    this.#events = events
  }

  /** Opens the folder and finds what an earlier process left: torn tails are cut, damage is set aside and said, the rest is handed out. */
  static async open(folder: string, events: SpoolEvents, limits: SpoolLimits = SPOOL_LIMITS): Promise<Spool> {
    await mkdir(folder, { recursive: true })
    const spool = new Spool(folder, limits, events)
    await spool.#recover()
    return spool
  }

  /** Bytes on disk, open segment included. */
  get bytes(): number {
    return this.#closedBytes + this.#closingBytes + (this.#open?.bytes ?? 0)
  }

  /** When the oldest frame that is still here was appended, by `performance.now()`; undefined when empty. */
  get oldestMs(): number | undefined {
    let oldest = this.#open?.openedAtMs
    for (const segment of this.#segments.values())
      if (oldest === undefined || segment.openedAtMs < oldest) oldest = segment.openedAtMs
    return oldest
  }

  /** Closed segments, oldest first. */
  get segments(): readonly Segment[] {
    return [...this.#segments.values()].sort((a, b) => a.sequence - b.sequence)
  }

  /**
   * Resolves when the sections are on disk, fsynced.
   * @throws SpoolFull, SpoolWriteError: nothing was kept, the sender should try again
   */
  append(sections: readonly Section[]): Promise<void> {
    if (this.#stopped) return Promise.reject(new SpoolWriteError('the spool is closed'))
    const frame = encodeFrame(sections)
    const pending = this.#waiting.reduce((sum, w) => sum + w.frame.bytes, 0)
    if (this.bytes + pending + frame.bytes > this.#limits.bytesMax)
      return Promise.reject(new SpoolFull(`the spool holds ${this.bytes} of ${this.#limits.bytesMax} bytes`))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frame, sections, resolve, reject })
      this.#committing ??= this.#commit()
    })
  }

  /** Closes the open segment now, whatever its size. */
  async flush(): Promise<void> {
    while (this.#committing) await this.#committing
    if (this.#open) await this.#close()
    await this.#closing
  }

  /** The sections of a closed segment, from memory or disk. */
  async read(segment: Segment): Promise<readonly Section[]> {
    if (segment.sections) return segment.sections
    const scanned = scanSegment(await readFile(segment.file))
    return scanned.sections
  }

  /** Forgets a segment whose rows are safe in the database. */
  async remove(segment: Segment): Promise<void> {
    if (!this.#segments.delete(segment.id)) return
    this.#closedBytes -= segment.bytes
    if (segment.sections) this.#keptBytes -= segment.bytes
    await rm(segment.file, { force: true })
  }

  /** Takes a segment out of the way that can never be loaded; it stays on disk for a person to look at. */
  async quarantine(segment: Segment, why: string): Promise<void> {
    const folder = join(this.#folder, 'quarantine')
    await mkdir(folder, { recursive: true })
    await rename(segment.file, join(folder, segment.file.slice(this.#folder.length + 1)))
    this.#segments.delete(segment.id)
    this.#closedBytes -= segment.bytes
    if (segment.sections) this.#keptBytes -= segment.bytes
    this.#events.corrupt(segment.file, why)
  }

  async close(): Promise<void> {
    await this.flush()
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #commit(): Promise<void> {
    // One turn of the event loop lets requests that arrived together share the fsync.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        const segment = await this.#openSegment()
        await writeWhole(segment, group)
        for (const { sections } of group)
          for (const section of sections) {
            segment.sections.push(section)
            segment.rows += section.table === 'keys' || section.table === 'targets' ? 0 : section.rows
          }
        for (const waiting of group) waiting.resolve()
        if (segment.rows >= this.#limits.segmentRowsMax || segment.bytes >= this.#limits.segmentBytesMax)
          await this.#close()
      } catch (error) {
        const failure = new SpoolWriteError(`spool: ${(error as Error).message}`, { cause: error })
        for (const waiting of group) waiting.reject(failure)
        // After a failed fsync the kernel may have dropped pages of this file: nothing more is added to it.
        if (this.#open && this.#open.bytes > 0) await this.#close().catch(() => undefined)
      }
    }
    this.#committing = undefined
  }

  async #openSegment(): Promise<OpenSegment> {
    if (this.#open) return this.#open
    const id = randomUUID()
    const sequence = ++this.#sequence
    const file = join(this.#folder, `${String(sequence).padStart(10, '0')}-${id}.seg`)
    const handle = await open(file, 'wx')
    try {
      await syncFolder(this.#folder)
    } catch (error) {
      await handle.close()
      throw error
    }
    this.#open = { id, sequence, file, handle, openedAtMs: performance.now(), sections: [], bytes: 0, rows: 0 }
    this.#timer = setTimeout(() => void this.#closeAtAge(), this.#limits.segmentAgeMsMax)
    return this.#open
  }

  async #closeAtAge(): Promise<void> {
    while (this.#committing) await this.#committing
    if (!this.#open) return
    const ageMs = performance.now() - this.#open.openedAtMs
    if (ageMs < this.#limits.segmentAgeMsMax - 1) return
    if (ageMs < this.#limits.segmentAgeBusyMsMax && this.#segments.size > 0)
      this.#timer = setTimeout(() => void this.#closeAtAge(), BUSY_CHECK_MS)
    else await this.#close()
  }

  #close(): Promise<void> {
    const segment = this.#open!
    this.#open = undefined
    clearTimeout(this.#timer)
    this.#closingBytes += segment.bytes
    const before = this.#closing
    const closing = (async () => {
      await before
      await segment.handle.close()
      this.#closingBytes -= segment.bytes
      const { id, sequence, file, openedAtMs, sections, bytes } = segment
      const keep = this.#keptBytes + bytes <= KEPT_BYTES_MAX
      if (keep) this.#keptBytes += bytes
      this.#add({ id, sequence, file, bytes, openedAtMs, closedAtMs: performance.now(), ...(keep ? { sections } : {}) })
    })()
    this.#closing = closing
    return closing
  }

  #add(segment: Segment): void {
    this.#segments.set(segment.id, segment)
    this.#closedBytes += segment.bytes
    this.#events.segmentClosed(segment)
  }

  async #recover(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.seg')).sort()
    for (const name of names) {
      const file = join(this.#folder, name)
      const [, digits, id] = /^(\d{10})-([0-9a-f-]{36})\.seg$/.exec(name) ?? []
      if (!id) {
        this.#events.corrupt(file, 'not a name that a spool gives; left alone')
        continue
      }
      this.#sequence = Math.max(this.#sequence, Number(digits))
      const content = await readFile(file)
      const scanned = scanSegment(content)
      for (const { from, to } of scanned.corrupt)
        this.#events.corrupt(file, `bytes ${from} to ${to} are damaged; the frames beside them are loaded`)
      if (scanned.corrupt.length > 0) await keepDamaged(this.#folder, name, content)
      // A torn tail was never acknowledged; without it the segment's content is what its name stands for, now and at every later try.
      if (scanned.wholeBytes < content.length) await truncate(file, scanned.wholeBytes)
      if (scanned.frames === 0) await rm(file)
      else
        this.#add({
          id,
          sequence: Number(digits),
          file,
          bytes: scanned.wholeBytes,
          openedAtMs: performance.now(),
          closedAtMs: performance.now(),
        })
    }
    await syncFolder(this.#folder)
  }
}

/** All frames of the group and one fdatasync; if either fails the file is cut back, so that a later frame never follows half of one. */
const writeWhole = async (segment: OpenSegment, group: readonly Waiting[]): Promise<void> => {
  const buffers = group.flatMap(({ frame }) => frame.pieces)
  const total = group.reduce((sum, { frame }) => sum + frame.bytes, 0)
  try {
    let written = (await segment.handle.writev(buffers, segment.bytes)).bytesWritten
    if (written < total) {
      const rest = Buffer.concat(buffers).subarray(written)
      written += (await segment.handle.write(rest, 0, rest.length, segment.bytes + written)).bytesWritten
      if (written < total) throw new Error(`wrote ${written} of ${total} bytes`)
    }
    await segment.handle.datasync()
    segment.bytes += total
  } catch (error) {
    await segment.handle.truncate(segment.bytes).catch(() => undefined)
    throw error
  }
}

const keepDamaged = async (folder: string, name: string, content: Buffer): Promise<void> => {
  const quarantine = join(folder, 'quarantine')
  await mkdir(quarantine, { recursive: true })
  const copy = await open(join(quarantine, name), 'w')
  await copy.writeFile(content)
  await copy.close()
}

/** A new name is durable only when its folder is synced too. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
