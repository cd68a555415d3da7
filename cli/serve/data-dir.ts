import { readFileSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StartProblem } from './problems.ts'

/** One process per data directory: the embedded engine allows no second one (architecture.md §3), and the spool neither. */
export interface DataDir {
  readonly path: string
  /** Says in the lock where this process can be reached, for the message that a second one prints. */
  readonly announce: (url: string) => Promise<void>
  readonly release: () => Promise<void>
}

interface Lock {
  readonly pid: number
  /** Start of that process in clock ticks since boot, so that a reused pid is not taken for it; '' where the system does not tell. */
  readonly started: string
  readonly url: string
}

export const takeDataDir = async (dir: string): Promise<DataDir> => {
  const path = resolve(dir)
  const file = join(path, 'lock.json')
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StartProblem(
      'data_directory_unusable',
      `cannot create ${path}: ${(error as Error).message}`,
      'Give a directory that this user may write with --data DIR.',
    )
  }
  const mine: Lock = { pid: process.pid, started: startedAt(process.pid), url: '' }
  await acquire(file, path, mine)
  return {
    path,
    announce: (url) => write(file, { ...mine, url }, 'w'),
    release: () => rm(file, { force: true }),
  }
}

const acquire = async (file: string, path: string, mine: Lock): Promise<void> => {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await write(file, mine, 'wx')
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new StartProblem(
          'data_directory_unusable',
          `cannot write ${file}: ${(error as Error).message}`,
          'Give a directory that this user may write with --data DIR.',
        )
    }
    const holder = await readLock(file)
    if (holder && isAlive(holder))
      throw new StartProblem(
        'data_directory_in_use',
        `${path} is in use by process ${holder.pid}${holder.url ? `, which answers at ${holder.url}` : ''}.`,
        'Use that one, stop it, or give this one a directory of its own with --data DIR.',
      )
    // Its process was killed: the lock is stale.
    await rm(file, { force: true })
  }
  throw new StartProblem(
    'data_directory_in_use',
    `${path} is being taken by another process.`,
    'Try again, or give another --data DIR.',
  )
}

const write = async (file: string, lock: Lock, flags: 'w' | 'wx'): Promise<void> => {
  const handle = await open(file, flags, 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(lock)}\n`)
  } finally {
    await handle.close()
  }
}

/** Undefined where it cannot be read as a lock: a process died while writing it. */
const readLock = async (file: string): Promise<Lock | undefined> => {
  try {
    const lock = JSON.parse(await readFile(file, 'utf8')) as Partial<Lock>
    return typeof lock.pid === 'number'
      ? { pid: lock.pid, started: lock.started ?? '', url: lock.url ?? '' }
      : undefined
  } catch {
    return undefined
  }
}

const isAlive = ({ pid, started }: Lock): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === '' || startedAt(pid) === started
}

/** Field 22 of /proc/PID/stat, counted after the name in parentheses (proc(5)); '' on systems without it. */
const startedAt = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
