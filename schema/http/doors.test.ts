import { describe, expect, it } from 'vitest'
import type { DoorConfig } from './doors.ts'
import { checkDoors, corsHeaders, LOOPBACK_DOORS, preflightHeaders } from './doors.ts'

const open = (headers: Record<string, string>, config: Partial<DoorConfig> = {}): boolean =>
  checkDoors(headers, { ...LOOPBACK_DOORS, ...config }).open

describe('the doors', () => {
  it.each([
    'localhost',
    'localhost:4318',
    'LOCALHOST:1',
    'localhost.',
    '127.0.0.1',
    '127.8.9.1:4320',
    '[::1]',
    '[::1]:4318',
    '[::ffff:127.0.0.1]:1',
  ])('let Host %s in', (host) => expect(open({ host })).toBe(true))

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:4318',
    'evil-localhost',
    '192.168.1.5:4318',
    '0.0.0.0:4318',
    '[::2]:4318',
    '[fe80::1]',
    '127.0.0.1, evil.example',
    'localhost@evil.example',
    '2130706433',
    '',
    ' ',
  ])('refuse Host %s', (host) => expect(open({ host })).toBe(false))

  it('refuse a request without Host, saying what is wrong', () => {
    expect(checkDoors({}, LOOPBACK_DOORS)).toEqual({ open: false, reason: expect.stringContaining('Host (none)') })
    expect(checkDoors({ host: 'evil.example' }, LOOPBACK_DOORS)).toMatchObject({
      reason: expect.stringContaining('--host'),
    })
  })

  it('let the names and addresses of --host in, in any case and with any port', () => {
    const config = { hosts: ['Recount.Example.com', '10.0.0.7', 'fd00::7'] }
    for (const host of ['recount.example.com:4320', '10.0.0.7:80', '[fd00::7]:4318', 'localhost'])
      expect(open({ host }, config)).toBe(true)
    for (const host of ['other.example.com', '10.0.0.8', '[fd00::8]']) expect(open({ host }, config)).toBe(false)
  })

  it('let any Host in on a wildcard address, but only where keys are required', () => {
    for (const hosts of [['0.0.0.0'], ['::']]) {
      expect(open({ host: '10.1.2.3:4318' }, { hosts, keysRequired: true })).toBe(true)
      expect(open({ host: '10.1.2.3:4318' }, { hosts, keysRequired: false })).toBe(false)
    }
  })

  it('let the same origin and loopback origins in, and refuse the rest', () => {
    const config = { hosts: ['recount.example.com'] }
    const own = { host: 'recount.example.com' }
    for (const origin of [
      'https://recount.example.com',
      'http://localhost:5173',
      'http://127.0.0.1:4320',
      'http://[::1]:1',
    ])
      expect(open({ ...own, origin }, config), origin).toBe(true)
    for (const origin of [
      'https://recount.example.com:8443',
      'https://evil.example',
      'null',
      '',
      'file://',
      'http://localhost.evil.example',
    ])
      expect(open({ ...own, origin }, config), origin).toBe(false)
    expect(open({ host: 'recount.example.com:443', origin: 'https://recount.example.com' }, config)).toBe(true)
  })

  it('let origins of --cors-origin in, and any with *', () => {
    const corsOrigins = ['https://app.example.com/']
    expect(open({ host: 'localhost', origin: 'https://APP.example.com' }, { corsOrigins })).toBe(true)
    expect(open({ host: 'localhost', origin: 'https://app.example.com.evil' }, { corsOrigins })).toBe(false)
    expect(open({ host: 'localhost', origin: 'https://any.example' }, { corsOrigins: ['*'] })).toBe(true)
    expect(open({ host: 'evil.example', origin: 'https://any.example' }, { corsOrigins: ['*'] })).toBe(false)
  })

  it('answer CORS only where it is configured', () => {
    const headers = {
      host: 'localhost',
      origin: 'https://app.example.com',
      'access-control-request-headers': 'content-type,x-api-key',
    }
    const config = { ...LOOPBACK_DOORS, corsOrigins: ['https://app.example.com'] }
    expect(corsHeaders(headers, LOOPBACK_DOORS)).toEqual({})
    expect(corsHeaders({ host: 'localhost' }, config)).toEqual({})
    expect(corsHeaders({ ...headers, origin: 'http://localhost:3000' }, config)).toEqual({})
    expect(corsHeaders(headers, config)).toEqual({
      'access-control-allow-origin': 'https://app.example.com',
      vary: 'Origin',
    })
    expect(preflightHeaders(headers, LOOPBACK_DOORS, 'POST')).toBeUndefined()
    expect(preflightHeaders(headers, config, 'POST')).toMatchObject({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type,x-api-key',
    })
    const odd = { ...headers, 'access-control-request-headers': 'x\r\nset-cookie: a' }
    expect(preflightHeaders(odd, config, 'POST')).toMatchObject({ 'access-control-allow-headers': '' })
  })
})
