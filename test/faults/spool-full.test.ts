import type { FileHandle } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { SPOOL_LIMITS, Spool, SpoolWriteError } from '../../collector/spool/spool.ts'
import { tempDir } from '../support/temp-dir.ts'

/** ENOSPC below the spool, at every place where a full disk can show: making the file, a write cut short, a write refused, the fsync. */
const disk = vi.hoisted(() => ({ fullAt: '' as '' | 'open' | 'short' | 'write' | 'sync' }))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const noSpace = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  const wrapped = (handle: FileHandle): FileHandle =>
    new Proxy(handle, {
      get: (target, name) => {
        if (name === 'writev')
          return async (buffers: Buffer[], at: number) => {
            if (disk.fullAt === 'write') throw noSpace()
            if (disk.fullAt !== 'short') return target.writev(buffers, at)
            const all = Buffer.concat(buffers)
            const { bytesWritten } = await target.write(all, 0, all.length >> 1, at)
            return { bytesWritten, buffers }
          }
        if (name === 'write' && disk.fullAt === 'short') return () => Promise.reject(noSpace())
        if (name === 'datasync' && disk.fullAt === 'sync') return () => Promise.reject(noSpace())
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      if (disk.fullAt === 'open' && String(args[0]).endsWith('.seg')) throw noSpace()
      return wrapped(await real.open(...args))
    },
  }
})

test.each(['open', 'short', 'write', 'sync'] as const)(
  'no space at %s: nothing of the request is kept, and with room again the next one is',
  async (place) => {
    const folder = tempDir('spool')
    const said: string[] = []
    const events = { segmentClosed: () => undefined, corrupt: (_: string, detail: string) => void said.push(detail) }
    const section = (text: string) =>
      [{ table: 'spans', format: 'RowBinary', rows: 1, bytes: Buffer.from(text) }] as const
    const spool = await Spool.open(folder, events, { ...SPOOL_LIMITS, segmentAgeMsMax: 60_000 })
    await spool.append(section('before'))
    for (let i = 0; i < 3; i++) {
      // A new file is made only where none is open.
      if (place === 'open') await spool.flush()
      disk.fullAt = place
      await expect(spool.append(section('refused'))).rejects.toThrow(SpoolWriteError)
      disk.fullAt = ''
      await spool.append(section(`kept ${i}`))
    }
    await spool.close()
    const again = await Spool.open(folder, events)
    const texts: string[] = []
    for (const segment of again.segments)
      for (const { bytes } of await again.read(segment)) texts.push(Buffer.from(bytes).toString())
    expect(texts).toEqual(['before', 'kept 0', 'kept 1', 'kept 2'])
    expect(said).toEqual([])
    await again.close()
  },
)
