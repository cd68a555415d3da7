import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Masking } from '../../collector/mask/policy.ts'
import { StartProblem } from '../serve/problems.ts'
import { type MaskingSection, maskingRules } from './masking.ts'

const SECRET_CHARS_MIN = 16

/** What the collector is told; undefined where nothing is to be masked. */
export const maskingOf = (section: MaskingSection | undefined, dataDir: string): Masking | undefined => {
  const rules = maskingRules(section)
  return rules && { ...rules, secret: maskingSecret(dataDir, section?.secretFile) }
}

/**
 * The key of `hash`: of this installation, made at its first start and kept in the data directory, so that equal values give equal hashes for ever and
 * nobody else can find them by trying. Collectors that write into one database must share one: `secretFile`.
 */
const maskingSecret = (dataDir: string, secretFile: string | undefined): string => {
  const path = secretFile ?? join(dataDir, 'masking.secret')
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret.length >= SECRET_CHARS_MIN) return secret
    throw new StartProblem(
      'config_invalid',
      `${path} holds ${secret.length} characters; a secret of at least ${SECRET_CHARS_MIN} is needed.`,
      'Put a longer one there, for example of: openssl rand -hex 32',
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || secretFile !== undefined) {
      if (error instanceof StartProblem) throw error
      throw new StartProblem(
        'config_invalid',
        `cannot read masking.secretFile ${path}: ${(error as Error).message}`,
        'Make the file, for example by: openssl rand -hex 32',
      )
    }
  }
  const secret = randomBytes(32).toString('hex')
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  return secret
}
