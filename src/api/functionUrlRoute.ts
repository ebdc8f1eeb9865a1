import type { FunctionUrls } from '../services/functionUrl/index.ts'
import { type ExtraRoute, readBody } from '../services/gateway/index.ts'
import type { Ids } from '../system/index.ts'

/** Function URLs take what an invocation may carry. */
const MOST_BODY_BYTES = 6 * 1024 * 1024

/** Puts function URLs on the one port. */
export const functionUrlRoute = (urls: FunctionUrls, ids: Ids): ExtraRoute => ({
  matches: (request) => urls.matches(request),
  async handle(request, response) {
    const requestId = ids.uuid()
    const body = await readBody(request, MOST_BODY_BYTES)
    if (!body) {
      response.writeHead(413, { 'content-type': 'application/json', 'x-amzn-RequestId': requestId })
      response.end('{"message":"Request Entity Too Large"}')
      return
    }
    const answer = await urls.answer(request, body, requestId)
    // A list of pairs keeps repeated headers (set-cookie) apart.
    const headers = [
      ...answer.headers,
      ['x-amzn-RequestId', requestId] as const,
      ['content-length', String(answer.body.length)] as const,
    ]
    response.writeHead(answer.status, headers.flat())
    response.end(answer.body)
  },
})
