import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { runDatabaseTests } from './conformance.ts'
import { openEmbedded } from './embedded.ts'

// A quote in the path: it goes into the text of every insert.
const dataDir = await mkdtemp(join(tmpdir(), "recount-it's-"))
afterAll(() => rm(dataDir, { recursive: true, force: true }))

runDatabaseTests({ name: 'the embedded engine', open: () => openEmbedded(dataDir) })
