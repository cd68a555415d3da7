import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsFiles } from '../../collector/receive/tls.ts'
import { StartProblem } from './problems.ts'

/** A server that speaks TLS where there is a certificate. */
export const openServer = (tls: TlsFiles | undefined, answer: RequestListener): Server =>
  tls ? createTlsServer({ ...tls }, answer) : createServer(answer)

export const listen = (server: Server, host: string, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })

export const orPortProblem = async <T>(
  host: string,
  port: number,
  flag: string,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new StartProblem(
        'port_in_use',
        `port ${port} on ${host} is in use by another program (perhaps another Recount).`,
        `Stop it, or choose another port with ${flag} PORT.`,
      )
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new StartProblem(
        'address_unusable',
        `cannot listen on ${host} port ${port}: ${message}`,
        `Choose an address of this machine with --host and a port above 1023 with ${flag} PORT.`,
      )
    throw error
  }
}

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

export const urlOf = (host: string, port: number, tls?: TlsFiles): string => {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${tls ? 'https' : 'http'}://${name}:${port}`
}
