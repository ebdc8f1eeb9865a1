/**
 * The floor of any answer over HTTP: bare `node:http` that reads a request's body and sends back fixed bytes.
 * `answers` maps a request's `X-Amz-Target` to what Lambent answered to the same request, so that both sides of the
 * comparison carry the same bodies in both directions.
 */
import http from 'node:http'
import { serve } from '../harness/remote.mjs'

/** @type {Map<string, Buffer>} */
const answers = new Map()
let status = 200
let delayMs = 0

/** @param {{ answers?: Record<string, string>, status?: number, delayMs?: number }} settings */
function configure(settings) {
  for (const [target, text] of Object.entries(settings.answers ?? {})) answers.set(target, Buffer.from(text))
  status = settings.status ?? 200
  delayMs = settings.delayMs ?? 0
}

const nothing = Buffer.alloc(0)

async function start() {
  const server = http.createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const answer = answers.get(String(request.headers['x-amz-target'] ?? '')) ?? nothing
      const send = () => {
        response.writeHead(status, [
          'Content-Type',
          'application/json',
          'Content-Length',
          String(answer.length),
        ])
        response.end(answer)
      }
      if (delayMs > 0) setTimeout(send, delayMs)
      else send()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}` }
}

serve({ start, configure })
