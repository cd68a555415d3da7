import type { Context } from 'hono'

/**
 * Telemetry is other people's text: whatever it holds, the page runs only its own scripts, speaks only to its own server and is framed by
 * nobody. Styles may be set from script (positions of virtual rows), hence 'unsafe-inline' for style attributes alone.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "worker-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

export const securityHeaders = async (context: Context, next: () => Promise<void>): Promise<void> => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
}
