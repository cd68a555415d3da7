import { Status } from '../../schema/api/shapes.ts'

const TIMEOUT_MS = 2_000
/** The UI asks every few seconds, and so do probes. */
const KEPT_MS = 1_000

type OwnStatus = Pick<Status, 'version' | 'engine'> & { readonly startedMs: number }

/**
 * How ingest is doing at the collectors that a server was told of (`--collector`): rates and spools added up, the worst lag and state. A collector that
 * does not answer makes ingest `behind`, not `down`: the others go on, and what this server answers is as good as before.
 */
export const statusOfCollectors = (urls: readonly string[], own: OwnStatus): (() => Promise<Status>) => {
  let asked: { readonly atMs: number; readonly answer: Promise<Status> } | undefined
  return () => {
    const now = performance.now()
    if (!asked || now - asked.atMs > KEPT_MS) asked = { atMs: now, answer: askAll(urls, own) }
    return asked.answer
  }
}

const askAll = async (urls: readonly string[], own: OwnStatus): Promise<Status> => {
  const answers = await Promise.all(urls.map(ask))
  const known = answers.filter((answer): answer is Status => typeof answer !== 'string')
  const silent = answers.filter((answer): answer is string => typeof answer === 'string')
  const states = known.map(({ state }) => state)
  const isDown = known.length > 0 && states.every((state) => state === 'down') && silent.length === 0
  const isBehind = silent.length > 0 || states.some((state) => state !== 'ok')
  return {
    version: own.version,
    engine: own.engine,
    uptimeSeconds: (Date.now() - own.startedMs) / 1000,
    spansPerSecond: known.reduce((sum, { spansPerSecond }) => sum + spansPerSecond, 0),
    lagMs: Math.max(0, ...known.map(({ lagMs }) => lagMs)),
    spoolBytes: known.reduce((sum, { spoolBytes }) => sum + spoolBytes, 0),
    state: isDown ? 'down' : isBehind ? 'behind' : 'ok',
    detail: [
      ...(urls.length === 0 ? ['collectors run apart; name them with --collector URL to see their state here'] : []),
      ...silent,
      ...known.map(({ detail }) => detail).filter((detail) => detail !== ''),
    ].join('; '),
    otlpHttpUrl: known[0]?.otlpHttpUrl ?? 'http://localhost:4318',
  }
}

const ask = async (url: string): Promise<Status | string> => {
  try {
    const answer = await fetch(new URL('/status', url), { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return Status.parse(await answer.json())
  } catch {
    return `the collector at ${url} does not say how it is`
  }
}
