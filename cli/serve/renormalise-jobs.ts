import type { Collector } from '../../collector/collector.ts'
import type { RenormaliseJob } from '../../schema/api/mapping.ts'
import type { ServerDeps } from '../../server/server-deps.ts'

const NONE: RenormaliseJob = { state: 'none', from: '', to: '', done: 0, windows: 0, read: 0, changed: 0, error: '' }

/** One job at a time for the whole process: two would read the same rows. It ends with the process; doing it again does what is left. */
export const renormaliseJobs = (
  collector: Collector,
  log: (line: string) => void,
): NonNullable<ServerDeps['renormalise']> => {
  let running = false
  const jobs = new Map<number, RenormaliseJob>()
  const job = (projectId: number): RenormaliseJob => jobs.get(projectId) ?? NONE
  return {
    job,
    start: (projectId, { fromMs, toMs }) => {
      if (running) return job(projectId)
      running = true
      const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
      const say = (more: Partial<RenormaliseJob>): void =>
        void jobs.set(projectId, { ...NONE, ...job(projectId), ...range, ...more })
      say({ ...NONE, ...range, state: 'running' })
      collector
        .renormalise(
          {
            projectId,
            fromNanos: BigInt(Math.floor(fromMs)) * 1_000_000n,
            toNanos: BigInt(Math.ceil(toMs)) * 1_000_000n,
          },
          (progress) => say(progress),
        )
        .then(
          () => collector.settled().then(() => say({ state: 'done' })),
          (error: unknown) => {
            say({ state: 'failed', error: (error as Error).message.slice(0, 500) })
            log(`renormalise: ${(error as Error).message}`)
          },
        )
        .finally(() => {
          running = false
        })
      return job(projectId)
    },
  }
}
