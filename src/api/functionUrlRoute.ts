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
    // Appended one by one: repeated ones (set-cookie) stay apart, also beside those that the gateway has set.
    for (const [name, value] of answer.headers)
      if (name.toLowerCase() !== 'transfer-encoding') response.appendHeader(name, value)
    response.setHeader('x-amzn-RequestId', requestId)
    response.setHeader('content-length', answer.body.length)
    response.writeHead(answer.status)
    response.end(answer.body)
  },
})
