import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError } from './controlError.ts'
import { spiedItems } from './controlSpies.ts'
import { createControlStreams, type ControlStreams } from './controlStreams.ts'
import { durationMs } from './duration.ts'
import { functionSummaries, functionSummary } from './functionOverview.ts'
import type { StreamReader } from '../services/kinesis/index.ts'
import type { Past, PastQuery } from './past.ts'
import { messagesIn, purgeQueue, queueSummaries, queueSummary } from './queueOverview.ts'
import { redrive } from './redrive.ts'
import { payloadOf, replay } from './replay.ts'
import type { Runner } from './runner.ts'
import { streamSummaries, streamSummary } from './streamOverview.ts'
import type { TailOptions } from './streamTail.ts'
import { type App, NotSettledError } from './types.ts'

/** The control API under `/_lambent/`: plain JSON, and server-sent events for what goes on. */
export interface ControlApi {
  matches(request: IncomingMessage): boolean
  handle(request: IncomingMessage, response: ServerResponse, body: Uint8Array): Promise<void>
  /** Ends the streams that are open. */
  stop(): void
}

/** What the control API controls. */
export interface Controlled {
  readonly app: App
  readonly runner: Runner
  readonly past: Past
}

/** Creates it; `controlled` is asked for at each request, so this may be created before the application is complete. */
export function createControlApi(controlled: () => Controlled | undefined): ControlApi {
  let streams: ControlStreams | undefined

  /** Answers what is a stream; `false` when the request is for none. */
  async function stream(
    on: Controlled,
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<boolean> {
    if (request.method !== 'GET' || !(request.headers.accept ?? '').includes('text/event-stream'))
      return false
    const [what = '', name = '', part] = pathOf(url).split('/').map(decodeURIComponent)
    const isOfRecords = what === 'streams' && part === 'records'
    if (!isOfRecords && !['events', 'invocations'].includes(pathOf(url))) return false
    streams ??= createControlStreams({ ledger: on.app.ledger, past: on.past })
    if (isOfRecords) {
      streamSummary(on.runner, name)
      await streams.followRecords(response, tailOf(on.runner.kinesis.reader(name), url.searchParams))
    } else if (what === 'events')
      void streams
        .followEntries(request, response, queryOf(url.searchParams, on))
        .catch(() => response.destroy())
    else streams.followInvocations(response, queryOf(url.searchParams, on))
    return true
  }

  return {
    matches: (request) => (request.url ?? '').startsWith('/_lambent/'),
    async handle(request, response, body) {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const on = controlled()
      if (pathOf(url) === 'health') return send(response, on ? 200 : 503, { ready: on !== undefined })
      if (!on) return send(response, 503, { message: 'still starting' })
      if (request.method !== 'GET' && isFromElsewhere(request)) {
        return send(response, 403, { message: 'a page from elsewhere may not change anything here' })
      }
      try {
        if (await stream(on, request, response, url)) return
        const result =
          request.method === 'GET' ? await look(on, url) : await change(on, request, url, parseInput(body))
        if (result === undefined)
          send(response, 404, { message: `there is no ${request.method} ${url.pathname}` })
        else send(response, 200, result)
      } catch (error) {
        if (response.headersSent) return
        const open = error instanceof NotSettledError ? { open: error.open } : {}
        send(response, statusOf(error), { message: messageOf(error), ...open })
      }
    },
    stop: () => streams?.stop(),
  }
}

/** What is asked and changes nothing. */
async function look(on: Controlled, url: URL): Promise<unknown> {
  const { app, past, runner } = on
  const path = pathOf(url).split('/').map(decodeURIComponent)
  const [what, id, part] = path
  if (what === 'invocations' && id !== undefined && id !== '') {
    if (part === undefined) return await past.life(id)
    if (part !== 'payload') return undefined
    const payload = await payloadOf(runner, past, await past.acceptance(id))
    return { payload: Buffer.from(payload).toString() || '{}' }
  }
  if (what === 'queues') return await lookAtQueues(on, path, url)
  if (what === 'streams' && part === undefined)
    return id === undefined || id === '' ? { streams: streamSummaries(runner) } : streamSummary(runner, id)
  if (what === 'functions' && part === undefined)
    return id === undefined || id === ''
      ? { functions: functionSummaries(runner) }
      : functionSummary(runner, id)
  switch (pathOf(url)) {
    case 'status':
      return app.status()
    case 'clock':
      return { mode: app.clock.mode, nowMs: app.clock.now(), timers: app.clock.timers() }
    case 'events':
      return { entries: await past.entries(queryOf(url.searchParams, on)) }
    case 'invocations':
      return { invocations: await past.invocations(queryOf(url.searchParams, on)) }
    default:
      return spiedItems(app, path)
  }
}

/** `queues`, `queues/NAME` and `queues/NAME/messages`. */
async function lookAtQueues(
  { app, runner }: Controlled,
  [, name, part]: readonly string[],
  url: URL,
): Promise<unknown> {
  const urlOf = (queue: string): string => `${app.url}/${runner.spec().accountId}/${queue}`
  if (name === undefined || name === '') return { queues: await queueSummaries(runner, urlOf) }
  if (part === undefined) return queueSummary(runner, name, urlOf)
  return part === 'messages'
    ? { items: messagesIn(runner, name, limitOf(url.searchParams, Number.MAX_SAFE_INTEGER)) }
    : undefined
}

/** What is asked to be done. */
async function change(
  { app, past, runner }: Controlled,
  request: IncomingMessage,
  url: URL,
  input: ControlInput,
): Promise<unknown> {
  switch (`${request.method} ${pathOf(url)}`) {
    case 'POST clock': {
      const ran = input.next === true ? ((await app.clock.advanceToNext()) ?? null) : null
      if (input.advance !== undefined) await app.clock.advance(durationMs(input.advance))
      else if (input.next !== true) throw new RangeError('expected {"advance": "5m"} or {"next": true}')
      return { nowMs: app.clock.now(), ran }
    }
    case 'POST settle':
      await app.settle(input.timeoutMs === undefined ? {} : { timeoutMs: input.timeoutMs })
      return { open: [] }
    case 'POST reset':
      await app.reset()
      return {}
    case 'POST reload':
      await app.reload(input.functions)
      return {}
    case 'POST replay': {
      if (typeof input.id !== 'string') throw new RangeError('expected {"id": "...", "event": ...}')
      const event = 'event' in input ? JSON.stringify(input.event) : undefined
      return await replay(runner, past, input.id, input.payload ?? event)
    }
    case 'POST purge': {
      if (typeof input.queue !== 'string') throw new RangeError('expected {"queue": "..."}')
      return await purgeQueue(runner, input.queue)
    }
    case 'POST redrive': {
      const { queue, to, max } = input
      if (typeof queue !== 'string') throw new RangeError('expected {"queue": "...", "to": "...", "max": 10}')
      if (max !== undefined && !(Number.isInteger(max) && max >= 1))
        throw new RangeError('max: expected a whole number from 1 up')
      return await redrive(runner, {
        queue,
        ...(to !== undefined && { to }),
        ...(max !== undefined && { most: max }),
      })
    }
    default:
      return undefined
  }
}

interface ControlInput {
  readonly advance?: string | number
  readonly next?: boolean
  readonly timeoutMs?: number
  readonly functions?: readonly string[]
  readonly id?: string
  /** In place of the old event: a value. */
  readonly event?: unknown
  /** The same as JSON text, whose numbers keep their digits. */
  readonly payload?: string
  readonly queue?: string
  readonly to?: string
  readonly max?: number
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

/** `?from=oldest&shard=`. */
function tailOf(reader: StreamReader, query: URLSearchParams): Omit<TailOptions, 'signal' | 'show'> {
  const from = query.get('from') ?? 'latest'
  if (from !== 'latest' && from !== 'oldest') throw new RangeError('from: expected latest or oldest')
  return { reader, from, shardId: query.get('shard') ?? undefined }
}

const DEFAULT_LIMIT = 1_000

/** `?function=&invocation=&failed=1&since=5m&limit=`; `since` is a duration before now, or a time. */
function queryOf(query: URLSearchParams, { app }: Controlled): PastQuery {
  const functionName = query.get('function')
  const invocation = query.get('invocation')
  const since = query.get('since')
  return {
    limit: limitOf(query, DEFAULT_LIMIT),
    failed: query.get('failed') === '1' || query.get('failed') === 'true',
    ...(functionName !== null && { functionName }),
    ...(invocation !== null && { invocation }),
    ...(since !== null && { sinceMs: timeOf(since, app.clock.now()) }),
  }
}

function limitOf(query: URLSearchParams, unlessGiven: number): number {
  const text = query.get('limit')
  if (text === null) return unlessGiven
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError('limit: expected a whole number from 1 up')
  return limit
}

function timeOf(since: string, nowMs: number): number {
  const atMs = /^\d{4}-\d\d-\d\d/.test(since) ? Date.parse(since) : nowMs - durationMs(since)
  if (Number.isNaN(atMs))
    throw new RangeError(`since: expected a duration such as 5m, or a time, got ${since}`)
  return atMs
}

/** Browsers name the page's origin; tools do not. */
function isFromElsewhere(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  return origin !== undefined && origin !== `http://${host}`
}

const pathOf = (url: URL): string => url.pathname.slice('/_lambent/'.length)
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function statusOf(error: unknown): number {
  if (error instanceof NotSettledError) return 409
  return error instanceof ControlError ? error.status : 400
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
