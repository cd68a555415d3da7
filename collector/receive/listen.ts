import type { AddressInfo, Server } from 'node:net'

/** Resolves once it listens; rejects with the system's error (`EADDRINUSE`, `EACCES`). Port 0 picks a free one. */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })
}
