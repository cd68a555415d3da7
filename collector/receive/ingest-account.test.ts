import { expect, test } from 'vitest'
import type { IngestRow } from '../../schema/model/ingest.ts'
import type { OtlpRequest } from '../pipeline-types.ts'
import { IngestAccount } from './ingest-account.ts'

const request = (more: Partial<OtlpRequest> = {}): OtlpRequest => ({
  projectId: 7,
  signal: 'traces',
  encoding: 'protobuf',
  body: new Uint8Array(100),
  receivedAtMs: 0,
  ...more,
})
const FLUSH = '0'.repeat(31).concat('1')
const shown = (rows: readonly IngestRow[]) =>
  rows.map(({ projectId, signal, protocol, result, reason, requests, items, bytes, sample }) =>
    [projectId, signal, protocol, result, reason, requests, items, bytes, sample].join(' '),
  )

test('what was acknowledged, rejected and noted is summed by project, signal, protocol and reason', () => {
  const account = new IngestAccount(() => 120_500)
  const rejections = [{ reason: 'bad_trace_id' as const, count: 2, sample: 'trace id "ab"' }]
  account.accepted(request(), { kind: 'accepted', accepted: 5, rejections, notes: { invalid_utf8: 3 } })
  account.accepted(request(), { kind: 'accepted', accepted: 6, rejections: [] })
  account.accepted(request({ encoding: 'json' }), { kind: 'accepted', accepted: 1, rejections: [] })
  account.accepted(request({ protocol: 'grpc', signal: 'logs' }), { kind: 'accepted', accepted: 1, rejections: [] })
  account.duplicate(request())
  account.refused({ projectId: 0, signal: 'unknown', protocol: 'unknown' }, { reason: 'forbidden', message: 'Host' })
  const rows = account.take(FLUSH)
  expect(shown(rows)).toEqual([
    '7 traces http/protobuf acknowledged  2 11 200 ',
    '7 traces http/protobuf rejected bad_trace_id 1 2 0 ',
    '7 traces http/protobuf noted invalid_utf8 1 3 0 ',
    '7 traces http/json acknowledged  1 1 100 ',
    '7 logs grpc acknowledged  1 1 100 ',
    '7 traces http/protobuf duplicate  1 0 100 ',
    '0 unknown unknown refused forbidden 1 0 0 ',
    '7 traces http/protobuf rejected bad_trace_id 0 0 0 trace id "ab"',
    '0 unknown unknown refused forbidden 0 0 0 Host',
  ])
  expect(rows[0]).toMatchObject({ timeMs: 120_000, flushId: FLUSH })
  expect(account.take(FLUSH)).toEqual([])
})

test('a flood of refusals keeps three examples of each reason, and each once', () => {
  const account = new IngestAccount(() => 0)
  const from = { projectId: 0, signal: 'traces', protocol: 'unknown' } as const
  for (let i = 0; i < 1000; i++) {
    account.refused(from, { reason: 'unknown_path', message: `no such path: /${i}` })
    account.refused(from, { reason: 'unauthenticated', message: 'no valid API key' })
  }
  const samples = account.take(FLUSH).filter((row) => row.sample !== '')
  expect(samples.map((row) => row.sample)).toEqual([
    'no such path: /0',
    'no such path: /1',
    'no such path: /2',
    'no valid API key',
  ])
})

test('minutes are told apart, until so many wait that hours must do', () => {
  let now = 0
  const account = new IngestAccount(() => now)
  for (let minute = 0; minute < 6_000; minute++) {
    now = minute * 60_000
    account.count({ projectId: 1, signal: 'logs', protocol: 'grpc', result: 'acknowledged', reason: '' }, { items: 1 })
  }
  const rows = account.take(FLUSH)
  expect(rows.length).toBeLessThan(5_050)
  expect(rows.reduce((sum, row) => sum + row.items, 0)).toBe(6_000)
})
