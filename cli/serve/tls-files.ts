import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { TlsFiles } from '../../collector/receive/tls.ts'
import { StartProblem } from './problems.ts'

/** `--tls-cert` and `--tls-key`; undefined where neither is given. @throws StartProblem with its remedy */
export const readTls = (certFile: string | undefined, keyFile: string | undefined): TlsFiles | undefined => {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile === undefined || keyFile === undefined)
    throw new StartProblem(
      'tls_unusable',
      `${certFile === undefined ? '--tls-key' : '--tls-cert'} was given alone.`,
      'Give both --tls-cert FILE and --tls-key FILE, or neither.',
    )
  try {
    const files = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
    createSecureContext(files)
    return files
  } catch (error) {
    throw new StartProblem(
      'tls_unusable',
      `TLS cannot start: ${(error as Error).message}`,
      'Give a certificate and its private key, both PEM, that this user may read.',
    )
  }
}
