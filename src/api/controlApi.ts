import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LedgerEntry } from '../system/index.ts'
import { durationMs } from './duration.ts'
import { NotSettledError, type App } from './types.ts'

/** The control API under `/_lambent/`: plain JSON, and server-sent events for what goes on. */
export interface ControlApi {
  matches(request: IncomingMessage): boolean
  handle(request: IncomingMessage, response: ServerResponse, body: Uint8Array): Promise<void>
  /** Ends the streams that are open. */
  stop(): void
}

type ControlledApp = Pick<App, 'clock' | 'ledger' | 'reload' | 'reset' | 'settle' | 'status'>

/** Creates it; `app` is asked for at each request, so it may be created before the application is complete. */
export function createControlApi(app: () => ControlledApp | undefined): ControlApi {
  const streams = new Set<ServerResponse>()

  function follow(
    response: ServerResponse,
    running: ControlledApp,
    wants: (entry: LedgerEntry) => boolean,
  ): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const unsubscribe = running.ledger.subscribe((entry) => {
      if (wants(entry)) response.write(`id: ${entry.sequence}\ndata: ${JSON.stringify(entry)}\n\n`)
    })
    response.write(': connected\n\n')
    streams.add(response)
    response.on('close', () => {
      unsubscribe()
      streams.delete(response)
    })
  }

  async function answer(
    running: ControlledApp,
    method: string,
    path: string,
    input: ControlInput,
  ): Promise<unknown> {
    switch (`${method} ${path}`) {
      case 'GET status':
        return running.status()
      case 'GET clock':
        return { mode: running.clock.mode, nowMs: running.clock.now(), timers: running.clock.timers() }
      case 'POST clock': {
        const ran = input.next === true ? ((await running.clock.advanceToNext()) ?? null) : null
        if (input.advance !== undefined) await running.clock.advance(durationMs(input.advance))
        else if (input.next !== true) throw new RangeError('expected {"advance": "5m"} or {"next": true}')
        return { nowMs: running.clock.now(), ran }
      }
      case 'POST settle':
        await running.settle(input.timeoutMs === undefined ? {} : { timeoutMs: input.timeoutMs })
        return { open: [] }
      case 'POST reset':
        await running.reset()
        return {}
      case 'POST reload':
        await running.reload(input.functions)
        return {}
      default:
        return undefined
    }
  }

  return {
    matches: (request) => (request.url ?? '').startsWith('/_lambent/'),
    async handle(request, response, body) {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const path = url.pathname.slice('/_lambent/'.length)
      const running = app()
      if (path === 'health') return send(response, running ? 200 : 503, { ready: running !== undefined })
      if (!running) return send(response, 503, { message: 'still starting' })
      if (request.method !== 'GET' && isFromElsewhere(request)) {
        return send(response, 403, { message: 'a page from elsewhere may not change anything here' })
      }
      if (path === 'events' && request.method === 'GET') {
        const wants = entryFilter(url.searchParams)
        if ((request.headers.accept ?? '').includes('text/event-stream'))
          return follow(response, running, wants)
        const limit = Number(url.searchParams.get('limit') ?? 1_000)
        return send(response, 200, { entries: running.ledger.latest(limit, wants) })
      }
      try {
        const result = await answer(running, request.method ?? 'GET', path, parseInput(body))
        if (result === undefined)
          send(response, 404, { message: `there is no ${request.method} ${url.pathname}` })
        else send(response, 200, result)
      } catch (error) {
        const open = error instanceof NotSettledError ? { open: error.open } : {}
        send(response, error instanceof NotSettledError ? 409 : 400, { message: messageOf(error), ...open })
      }
    },
    stop() {
      for (const stream of streams) stream.end()
    },
  }
}

interface ControlInput {
  readonly advance?: string | number
  readonly next?: boolean
  readonly timeoutMs?: number
  readonly functions?: readonly string[]
}

function parseInput(body: Uint8Array): ControlInput {
  if (body.length === 0) return {}
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString())
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  } catch {
    // Said below, in the same words as for a value that is no object.
  }
  throw new RangeError('expected a JSON object as the body')
}

/** `?function=` and `?invocation=` (an id or its first characters; entries it caused included). */
function entryFilter(query: URLSearchParams): (entry: LedgerEntry) => boolean {
  const functionName = query.get('function')
  const invocation = query.get('invocation')
  return (entry) => {
    if (functionName !== null && !('functionName' in entry && entry.functionName === functionName))
      return false
    if (invocation === null) return true
    const requestId = 'requestId' in entry ? entry.requestId : undefined
    return (requestId ?? '').startsWith(invocation) || (entry.cause ?? '').startsWith(invocation)
  }
}

/** Browsers name the page's origin; tools do not. */
function isFromElsewhere(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  return origin !== undefined && origin !== `http://${host}`
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
