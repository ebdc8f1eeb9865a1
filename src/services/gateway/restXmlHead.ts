import type { IncomingMessage } from 'node:http'
import type { RestXmlHead } from '../protocol/restXmlProtocol.ts'
import { pathOf, queryStringOf } from './url.ts'

/** What REST-XML looks at in a request. */
export function restXmlHeadOf(request: IncomingMessage): RestXmlHead {
  const url = request.url ?? '/'
  const query = new URLSearchParams(queryStringOf(url))
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = value?.toString()
  // Presigned URLs carry what would be headers.
  for (const [name, value] of query) {
    const lower = name.toLowerCase()
    if (lower.startsWith('x-amz-')) headers[lower] ??= value
  }
  return {
    method: request.method ?? 'GET',
    host: request.headers.host ?? '',
    path: pathOf(url),
    query,
    headers,
  }
}
