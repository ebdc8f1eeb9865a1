import type { FunctionSpec } from '../../spec/index.ts'

type Headers = readonly (readonly [name: string, value: string])[]

/** Cross-origin settings of a function URL (Lambda Developer Guide, "Function URL CORS"). */
export type UrlCors = NonNullable<NonNullable<FunctionSpec['url']>['cors']>

/** The answer to a preflight, which never reaches the function. */
export function preflightHeaders(cors: UrlCors, origin: string): Headers {
  const allowed = originHeaders(cors, origin)
  if (allowed.length === 0) return []
  return [
    ...allowed,
    ...(cors.allowMethods.length > 0
      ? [['access-control-allow-methods', cors.allowMethods.join(',')] as const]
      : []),
    ...(cors.allowHeaders.length > 0
      ? [['access-control-allow-headers', cors.allowHeaders.join(',')] as const]
      : []),
    ...(cors.maxAgeSeconds > 0 ? [['access-control-max-age', String(cors.maxAgeSeconds)] as const] : []),
  ]
}

/** The function's headers with the configured ones in place of its own. */
export function withCorsHeaders(headers: Headers, cors: UrlCors, origin: string): Headers {
  const own = headers.filter(([name]) => !name.startsWith('access-control-'))
  const exposed =
    cors.exposeHeaders.length > 0
      ? [['access-control-expose-headers', cors.exposeHeaders.join(',')] as const]
      : []
  const allowed = originHeaders(cors, origin)
  return allowed.length === 0 ? own : [...own, ...allowed, ...exposed]
}

function originHeaders(cors: UrlCors, origin: string): Headers {
  const anyOrigin = cors.allowOrigins.includes('*')
  if (origin === '' || (!anyOrigin && !cors.allowOrigins.includes(origin))) return []
  return [
    ['access-control-allow-origin', anyOrigin && !cors.allowCredentials ? '*' : origin],
    ...(anyOrigin ? [] : [['vary', 'Origin'] as const]),
    ...(cors.allowCredentials ? [['access-control-allow-credentials', 'true'] as const] : []),
  ]
}
